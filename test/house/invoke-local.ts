import { execFile } from 'node:child_process';

/** What one run of `osls invoke local` came to. */
export interface Invocation {
  readonly code: number;
  /** The function's answer; a body that is JSON is read. Undefined when it answered nothing. */
  readonly answer: unknown;
  readonly output: string;
}

/** The framework prints the answer last, over several lines; what a function logs is one line each. */
const answerIn = (output: string): unknown => {
  const start = output.lastIndexOf('\n{\n');
  const text = output.startsWith('{\n') && start < 0 ? output : output.slice(start + 1);
  return start < 0 && !output.startsWith('{\n') ? undefined : JSON.parse(text);
};

/** An answer with its body read, where that is JSON. */
export const readAnswer = (answer: unknown): unknown => {
  const { body } = (answer ?? {}) as { body?: unknown };
  if (typeof body !== 'string') return answer;
  try {
    return { ...(answer as object), body: JSON.parse(body) };
  } catch {
    return answer;
  }
};

/** Runs a function on an event file as a person would, with `osls invoke local`. */
export const invokeLocal = (id: string, file: string, env: Readonly<Record<string, string>>): Promise<Invocation> =>
  new Promise((resolve) => {
    const script = 'node_modules/serverless/bin/serverless.js';
    const args = [script, 'invoke', 'local', '--function', id, '--path', file, '--stage', 'local'];
    const run = execFile(
      process.execPath,
      args,
      { env: { ...process.env, ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        const output = stdout + stderr;
        resolve({ code: error ? 1 : 0, answer: error ? undefined : readAnswer(answerIn(stdout)), output });
      },
    );
    run.stdin?.end();
  });
