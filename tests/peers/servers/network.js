// PLC directory, PDS and AppView of Bluesky on 127.0.0.1. Handles end in .test.
const net = require('node:net')
const dns = require('node:dns')

dns.setDefaultResultOrder('ipv4first')
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) { // its servers listen everywhere unless told otherwise
  if (typeof given[0] === 'number' && typeof given[1] !== 'string') given.splice(1, 0, '127.0.0.1')
  else if (given[0] && typeof given[0] === 'object' && 'port' in given[0] && !given[0].host) given[0] = { ...given[0], host: '127.0.0.1' }
  return listen.apply(this, given)
}
process.env.DB_POSTGRES_SCHEMA ||= 's_' + Date.now().toString().replace(/\d/g, (digit) => 'abcdefghij'[digit])

const { TestNetwork, mockMailer } = require('@atproto/dev-env')
TestNetwork.create({
  pds: { port: 2583, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: 2584, publicUrl: 'http://localhost:2584' },
  plc: { port: 2582 },
  introspect: { port: 2581 },
}).then((network) => {
  mockMailer(network.pds)
  console.log(`ready: ${network.pds.url} ${network.plc.url} ${network.bsky.url}`)
  process.on('SIGTERM', () => network.close().finally(() => process.exit(0)))
}).catch((error) => { console.error(error); process.exit(1) })
