/** Of the issuing application. */
export const issuer = `http://localhost:${process.env.PORT}`;
/** Of the service, which is the audience of its tokens. */
export const serviceUrl = `http://localhost:${process.env.SERVICE_PORT ?? '3001'}`;
