import { openApiDocument } from '../contract/openapi.ts';
import { operations } from '../contract/operations/table.ts';
import { type HttpAnswer, jsonAnswer } from './http-answer.ts';

/** The API is that of the newest of the five published documents. */
const INFO = { title: 'Integration API', version: '2021-05-07' };

/** The Lambda handler of `GET /openapi.json`: the document of all operations, made once in an instance's life. */
export const openApiHandler = (): (() => Promise<HttpAnswer>) => {
  let answer: HttpAnswer | undefined;
  return async () => {
    answer ??= jsonAnswer(200, openApiDocument(Object.values(operations), INFO));
    return answer;
  };
};
