/** Run by the stand-in tunnel: key and certificate, and then what ngrok is called with. The last word is the port. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';

const [key, cert, ...called] = process.argv.slice(2);
const port = Number(called.at(-1));

const edge = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (outside) => {
  const inside = connect(port, '127.0.0.1');
  outside.pipe(inside).pipe(outside);
  for (const end of [outside, inside]) end.on('error', () => end.destroy());
});

edge.listen(0, '127.0.0.1', () => {
  const t = new Date().toISOString();
  const lines = [
    { lvl: 'info', msg: 'client session established', obj: 'tunnels.session', t },
    {
      addr: `http://localhost:${port}`,
      lvl: 'info',
      msg: 'started tunnel',
      name: 'command_line',
      obj: 'tunnels',
      t,
      url: `https://localhost:${edge.address().port}`,
    },
  ];
  for (const line of lines) console.log(JSON.stringify(line));
});

process.on('SIGTERM', () => process.exit(0));
