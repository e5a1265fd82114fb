import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { checkPassword, hashPassword } from 'nest-authority';
import type { HostUser, NewHostUser, SubjectEnd, Transaction, UserDirectory } from 'nest-authority';
import type { Repository } from 'typeorm';
import { Member } from './member.entity.js';

/** How nest-authority finds the members. It knows them by a text; here that is the integer. */
@Injectable()
export class MemberDirectory implements UserDirectory {
  constructor(@InjectRepository(Member) private readonly members: Repository<Member>) {}

  async find(id: string): Promise<HostUser | null> {
    return isId(id) ? toUser(await this.members.findOneBy({ id: Number(id) })) : null;
  }

  async findByEmail(email: string): Promise<HostUser | null> {
    return toUser(await this.members.findOneBy({ email }));
  }

  async create({ email, name, password }: NewHostUser): Promise<HostUser | null> {
    const hash = password === null ? null : await hashPassword(password);
    const values = { email, fullName: name, password: hash };
    // Of two who come with one address at once, the index decides.
    const made = await this.members.createQueryBuilder().insert().values(values).orIgnore().returning('id').execute();
    return made.raw.length === 0 ? null : this.findByEmail(email);
  }

  async verifyPassword(id: string, password: string): Promise<boolean> {
    const member = isId(id)
      ? await this.members.findOne({ where: { id: Number(id) }, select: { id: true, password: true } })
      : null;
    // Called for members without a password too, so that both take as long.
    return (await checkPassword(password, member?.password ?? null)).matches;
  }

  async preparePassword(id: string, password: string): Promise<(tx: Transaction) => Promise<void>> {
    const hash = await hashPassword(password);
    const statement = { name: 'member_password', text: 'UPDATE member SET password = $2 WHERE id = $1' };
    return async (tx) => void (await tx.query(statement, [id, hash]));
  }

  async end(tx: Transaction, id: string, end: SubjectEnd): Promise<void> {
    if (end === 'forgotten') await tx.query({ name: 'member_delete', text: 'DELETE FROM member WHERE id = $1' }, [id]);
  }
}

/** Any text may come in; one that the column does not take is nobody's. */
function isId(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) < 2 ** 31;
}

function toUser(member: Member | null): HostUser | null {
  if (member === null) return null;
  const { id, email, fullName, plan, joinedAt } = member;
  return {
    id: String(id),
    email,
    emailVerified: true,
    name: fullName,
    plan, // further members are shown to the user as they are
    createdAt: joinedAt,
    updatedAt: joinedAt,
  };
}
