import { MERCURIUS } from '../support/graphql-drivers.js';
import { describeGraphql } from '../support/graphql-suite.js';

describe('F30: GraphQL on Mercurius', () => describeGraphql(MERCURIUS));
