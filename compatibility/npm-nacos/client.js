'use strict';

// Drives the unmodified npm client against a running server: node client.js HOST:PORT
// Every step has a bound; the first that fails ends the script with exit code 1 and says which it was.

const assert = require('assert');
const { NacosNamingClient } = require('nacos');

const address = process.argv[2];
const service = 'npm-orders';

// R71 allows a push 200 ms; the rest is for a busy machine. The client's own poll comes every 10 s.
const PUSHED_WITHIN_MS = 2000;

// An instance without beats is unhealthy after 15 s; one that is healthy well after that was kept alive by its beats.
const OUTLIVES_MS = 20000;

const pushes = [];
const logger = {
  debug() {},
  info(format, ...rest) {
    if (String(format).includes('received push data')) {
      pushes.push(JSON.parse(rest[0]));
    }
  },
  warn(...line) {
    console.error('warn', ...line);
  },
  error(...line) {
    console.error('error', ...line);
  },
  write() {},
};

function addresses(hosts) {
  return hosts.map(host => `${host.ip}:${host.port}`).sort();
}

async function until(what, holds, withinMs) {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    assert(Date.now() < deadline, `not within ${withinMs} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

async function connected() {
  const client = new NacosNamingClient({
    logger, serverList: address, namespace: 'public', username: 'nacos', password: 'nacos',
  });
  client.on('error', error => logger.error(error));
  await client.ready();
  return client;
}

async function listed(client, name = service) {
  return await client.getAllInstances(name, 'DEFAULT_GROUP', '', false);
}

async function main() {
  const provider = await connected();
  const consumer = await connected();
  const steps = {
    async 'the server says that it is up'() {
      assert.strictEqual(await consumer.getServerStatus(), 'UP');
    },
    async 'a registered instance is listed with all that it said'() {
      await provider.registerInstance(service, {
        ip: '10.7.0.1', port: 8080, weight: 2, metadata: { zone: 'a', note: 'ü = 1 & 2' },
      });
      const hosts = await listed(consumer);
      assert.deepStrictEqual(addresses(hosts), ['10.7.0.1:8080']);
      const { weight, healthy, enabled, ephemeral, clusterName, serviceName, metadata } = hosts[0];
      assert.deepStrictEqual(
        { weight, healthy, enabled, ephemeral, clusterName, serviceName, metadata },
        {
          weight: 2, healthy: true, enabled: true, ephemeral: true, clusterName: 'DEFAULT',
          serviceName: `DEFAULT_GROUP@@${service}`, metadata: { zone: 'a', note: 'ü = 1 & 2' },
        });
    },
    async 'a subscriber is pushed each change'() {
      let hosts = [];
      consumer.subscribe(service, changed => { hosts = changed; });
      await until('the first list', () => hosts.length === 1, PUSHED_WITHIN_MS);
      const before = pushes.length;
      const sent = Date.now();
      await provider.registerInstance(service, { ip: '10.7.0.2', port: 8080 });
      await until('the arrival', () => hosts.length === 2, PUSHED_WITHIN_MS);
      console.log(`push after ${Date.now() - sent} ms`);
      await provider.deregisterInstance(service, { ip: '10.7.0.2', port: 8080 });
      await until('the departure', () => hosts.length === 1, PUSHED_WITHIN_MS);
      assert(pushes.length >= before + 2, 'the lists came by push, not by the poll');
      for (const push of pushes) {
        assert(Number.isSafeInteger(push.lastRefTime), `the token ${push.lastRefTime} survives JavaScript`);
      }
    },
    async 'a persistent instance is listed as such and goes when told'() {
      const declared = { ip: '10.7.0.9', port: 9090, ephemeral: false, metadata: { owner: 'billing' } };
      await provider.registerInstance('npm-declared', declared);
      const [host] = await listed(consumer, 'npm-declared');
      assert.strictEqual(host.ephemeral, false);
      assert.deepStrictEqual(host.metadata, { owner: 'billing' });
      await provider.deregisterInstance('npm-declared', declared);
      await until('an empty list', async () => (await fetchHosts('npm-declared')).length === 0, PUSHED_WITHIN_MS);
    },
    async 'the client\'s beats keep its instance healthy'() {
      await new Promise(resolve => setTimeout(resolve, OUTLIVES_MS));
      // Not from the list: where no instance is healthy, protection shows all of them as healthy.
      const instance = await fetchJson(`instance?serviceName=${service}&ip=10.7.0.1&port=8080`);
      assert.strictEqual(instance.healthy, true);
    },
    async 'a deregistered instance is gone'() {
      await provider.deregisterInstance(service, { ip: '10.7.0.1', port: 8080 });
      assert.deepStrictEqual(await fetchHosts(service), []);
    },
  };
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok: ${name}`);
    } catch (error) {
      console.error(`FAILED: ${name}`);
      throw error;
    }
  }
  console.log('all steps done');
}

// Past the client, which never believes an empty list.
async function fetchHosts(name) {
  return (await fetchJson(`instance/list?serviceName=${name}`)).hosts;
}

async function fetchJson(path) {
  const response = await fetch(`http://${address}/nacos/v1/ns/${path}`);
  assert.strictEqual(response.status, 200);
  return await response.json();
}

main().then(() => process.exit(0), error => {
  console.error(error);
  process.exit(1);
});
