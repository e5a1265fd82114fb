import { isInstalled, startProgram, type Program } from './programs.js';

const ARGUMENTS = {
  'redis-server': (port: number) => ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '', '--appendonly', 'no'],
  'nats-server': (port: number) => ['--addr', '127.0.0.1', '--port', `${port}`],
};

export const isBrokerInstalled = (name: keyof typeof ARGUMENTS) => isInstalled(name, 'messages over it');

export const startBroker = (name: keyof typeof ARGUMENTS): Promise<Program> => startProgram(name, ARGUMENTS[name]);
