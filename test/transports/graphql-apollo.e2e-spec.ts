import { APOLLO } from '../support/graphql-drivers.js';
import { describeGraphql } from '../support/graphql-suite.js';

describe('F30: GraphQL on Apollo', () => describeGraphql(APOLLO));
