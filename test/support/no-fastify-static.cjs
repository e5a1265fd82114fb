'use strict';

/** In place of @fastify/static, which Mercurius requires for its IDE alone: jest cannot `require` what that is made of before Node 24.9. */
module.exports = () => {
  throw new Error('The tests have no @fastify/static.');
};
