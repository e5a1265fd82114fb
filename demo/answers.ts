import { ApiProperty } from '@nestjs/swagger';

/** What the demo's own routes answer, for the API document. */
export class Pong {
  @ApiProperty({ type: Boolean, description: 'Always true.' })
  pong!: boolean;
}

export class Health {
  @ApiProperty({ type: String, description: '`ok` or `ready`; why not, with 503.', example: 'ready' })
  status!: string;
}

const text = (description: string) => ({ type: String, description });
const textOrNull = (description: string) => ({ type: String, nullable: true, description });

export class Whoami {
  @ApiProperty({ enum: ['user', 'client'], description: '`client`: an application acts for itself.' })
  kind!: string;
  @ApiProperty(text('The id of the user, organisation or client.'))
  subjectId!: string;
  @ApiProperty(textOrNull('The outside issuer of the credential; null: this server.'))
  issuer!: string | null;
  @ApiProperty(textOrNull('The OAuth client that holds the credential.'))
  clientId!: string | null;
  @ApiProperty({ ...text('How the credential was presented.'), example: 'bearer' })
  scheme!: string;
  @ApiProperty({ ...text('What was presented.'), example: 'access_token' })
  credentialType!: string;
  @ApiProperty(text('The id of the credential; never the secret.'))
  credentialId!: string;
  @ApiProperty(textOrNull('The session behind it.'))
  sessionId!: string | null;
  @ApiProperty({ type: [String], description: 'What it may be used for.' })
  scopes!: string[];
  @ApiProperty({ type: [String], description: 'The APIs it is limited to; empty: this server.' })
  audience!: string[];
  @ApiProperty({ ...textOrNull('When the user signed in.'), format: 'date-time' })
  authenticatedAt!: string | null;
  @ApiProperty({ ...textOrNull('Null: it does not expire.'), format: 'date-time' })
  expiresAt!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Further facts of the credential.' })
  claims!: Record<string, unknown>;
}

export class DownstreamAnswer {
  @ApiProperty(text('The application that was called.'))
  application!: string;
  @ApiProperty({ type: Number, description: 'The status of its answer.' })
  status!: number;
  @ApiProperty(text('The beginning of its answer.'))
  body!: string;
}

/** What Nest answers for its own exceptions. */
export class HttpFault {
  @ApiProperty({ type: Number })
  statusCode!: number;
  @ApiProperty({ type: String })
  message!: string;
  @ApiProperty({ type: String, required: false })
  error?: string;
}
