import { hash } from 'node:crypto';

/** Hex SHA-256 of a picture that was put together from several answers: the same content has the same one. */
export const digestOf = (content: object): string => hash('sha256', JSON.stringify(content));
