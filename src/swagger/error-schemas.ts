/** JSON schema of an error answer in one of the two shapes. */
export function errorSchema(shape: 'management' | 'oauth'): {
  type: string;
  required: string[];
  properties: Record<string, object>;
} {
  if (shape === 'oauth') {
    return {
      type: 'object',
      required: ['error'],
      properties: { error: { type: 'string', example: 'invalid_request' }, error_description: { type: 'string' } },
    };
  }
  return {
    type: 'object',
    required: ['code', 'message'],
    properties: {
      code: { type: 'string', example: 'VALIDATION_ERROR' },
      message: { type: 'string' },
      statusCode: { type: 'integer' },
      error: {
        type: 'string',
        description: 'On guarded routes, the error code of RFC 6750 3.1.',
        example: 'invalid_token',
      },
    },
  };
}
