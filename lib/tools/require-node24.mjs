// Plain JavaScript on purpose: an older Node must be able to read this file to say what is wrong.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node 24 is needed, this is ${process.version}. Use the npm scripts (npm start, npm test): they find the Node 24 that npm ci brings. If they say this too, the platform package is missing: run npm ci without --omit=optional.`,
  );
  process.exit(1);
}
