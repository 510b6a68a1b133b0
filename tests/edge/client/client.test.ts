// The client in workerd, against the application itself: the whole life of a head, a device and a key.
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiError, createClient } from '../../../src/client/client.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { CHANNELS } from '../support/tiny-trunk.ts';

let test: TestApp;
const clientOf = (token?: string) =>
  createClient({
    origin: 'https://edge.test',
    token,
    fetch: async (input, init) => test.app.request(new Request(input, init)),
  });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'it worked',
    (error: unknown) => (error instanceof ApiError ? error.code : error),
  );

beforeAll(async () => {
  test = await testApp();
});

describe('createClient', () => {
  it('lists models and their statistics', async () => {
    const client = clientOf();
    const models = await client.models.list();
    expect(models.map(({ name, defaultHead }) => [name, defaultHead])).toEqual([
      ['tiny', null],
      ['other', null],
    ]);
    expect(await client.models.get('tiny')).toEqual(models[0]);
    const [layer] = await client.models.statistics('tiny');
    expect(layer).toMatchObject({ layer: 'norm', channels: CHANNELS });
  });

  it('puts, uses, changes, rolls back and deletes a head', async () => {
    const { token } = await clientOf().devices.enrol({ name: 'phone' });
    const client = clientOf(token);
    const [first, second] = [headFile(test.trunk.manifest), headFile(test.trunk.manifest, { bias: 9 })];
    const created = await client.heads.put('mine', first, { replaces: null });
    expect(created.revision).toBe(await sha256Hex(first));
    expect(await codeOf(client.heads.put('mine', second, { replaces: null }))).toBe('precondition_failed');
    const replaced = await client.heads.put('mine', second, { replaces: created.revision });

    const features = Float32Array.of(0, 5, 0, 0);
    // Logits are the features plus the bias of class 0: 9, 5, 0.
    const predicted = await client.predict({ features }, { head: 'mine', topK: 2 });
    expect(predicted.predictions.map(({ label }) => label)).toEqual(['cup', 'plate']);
    expect(predicted.revision).toBe(replaced.revision);

    const back = await client.heads.rollback('mine', { to: created.revision, from: replaced.revision });
    expect(back.revision).toBe(created.revision);
    expect((await client.predict({ features }, { head: 'mine' })).predictions[0]?.label).toBe('plate');
    const history = await client.heads.revisions('mine');
    expect(history.map(({ digest }) => digest)).toEqual([
      created.revision,
      replaced.revision,
      created.revision,
    ]);
    const former = await client.heads.getRevision('mine', replaced.revision);
    expect(new Uint8Array(former.bytes)).toEqual(second);

    expect(await client.heads.patch('mine', { title: 'Cups' })).toMatchObject({ title: 'Cups' });
    expect((await client.heads.list()).map(({ id }) => id)).toEqual(['mine']);
    expect(await client.heads.get('mine')).toEqual({ bytes: first.buffer, revision: created.revision });
    expect(await codeOf(client.heads.delete('mine', { revision: replaced.revision }))).toBe(
      'precondition_failed',
    );
    await client.heads.delete('mine');
    expect(await codeOf(client.heads.get('mine'))).toBe('head_not_found');
  });

  it('links a second device, makes a key and takes both back', async () => {
    const { token, owner } = await clientOf().devices.enrol({ name: 'phone' });
    const phone = clientOf(token);
    const { link } = await phone.links.create();
    const joined = await clientOf().devices.enrol({ name: 'tablet', link });
    expect(joined.owner).toBe(owner);
    expect((await phone.devices.list()).map(({ name }) => name).sort()).toEqual(['phone', 'tablet']);
    await phone.devices.revoke(joined.device);
    expect(await codeOf(clientOf(joined.token).me())).toBe('unauthorized');

    const key = await phone.keys.create({ name: 'window', scopes: ['predict'] });
    expect(await clientOf(key.token).me()).toMatchObject({ principal: 'key', owner, scopes: ['predict'] });
    expect(await codeOf(clientOf(key.token).heads.list())).toBe('forbidden');
    expect((await phone.keys.list()).map(({ id }) => id)).toEqual([key.id]);
    await phone.keys.revoke(key.id);
    expect(await phone.keys.list()).toEqual([]);
    expect(await phone.me()).toMatchObject({ principal: 'device', device: { name: 'phone', current: true } });
  });
});
