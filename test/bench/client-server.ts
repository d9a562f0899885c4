import { createServer } from 'node:http';

// A process of its own, so that the bench counts the CPU of clients only: answers every request with the text that it was
// started with, and GET /connections with how many connections were made.
const [, , answer = '{}'] = process.argv;

let connections = 0;
const server = createServer((request, response) => {
  request.resume().once('end', () => {
    const text = request.url === '/connections' ? JSON.stringify({ connections }) : answer;
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
});
// Between two rounds a connection may idle longer than the usual five seconds.
server.keepAliveTimeout = 60_000;
server.on('connection', () => {
  connections += 1;
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.once('disconnect', () => process.exit());
