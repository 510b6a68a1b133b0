// What a local Worker needs before it can answer: the operator's secret, and a default head.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { DEFAULT_TRUNK } from './default-trunk.ts';
import { putHead } from './edge-client.ts';
import { lowerTrunk } from './engine.ts';
import { GARMENTS, readGarments } from './fashion.ts';
import { trainHead } from './train-head.ts';
import { downloadTrunk } from './trunk-client.ts';

/** wrangler reads it by itself; git ignores it. */
const SECRETS = '.dev.vars';
/** Training images of each class: all that are committed. */
const PER_CLASS = 100;

/** The operator's secret of this machine, made at first use; wrangler takes it, and open enrolment, from the same file. */
export function operatorSecret(): string {
  const text = existsSync(SECRETS) ? readFileSync(SECRETS, 'utf8') : '';
  const known = /^OPERATOR_SECRET\s*=\s*"?([^"\n]+)"?\s*$/m.exec(text)?.[1];
  if (known !== undefined) return known;
  const secret = randomBytes(32).toString('base64url');
  const enrolment = /^ENROLMENT\s*=/m.test(text) ? '' : 'ENROLMENT=open\n';
  writeFileSync(SECRETS, `${text}${enrolment}OPERATOR_SECRET=${secret}\n`, { mode: 0o600 });
  return secret;
}

const ModelAnswer = v.object({
  digest: v.string(),
  statistics: v.string(),
  defaultHead: v.nullable(v.string()),
});
const Heads = v.object({
  heads: v.array(v.object({ id: v.string(), trunk: v.string(), revision: v.string() })),
});

/**
 * Trains the default head on the committed images of Fashion-MNIST and puts it, unless the Worker has one for the trunk
 * that it serves.
 * @returns whether it put one
 */
export async function seedDefaultHead(
  origin: string,
  secret: string,
  say: (line: string) => void,
  perClass = PER_CLASS,
): Promise<boolean> {
  const model = v.parse(ModelAnswer, await getJson(`${origin}/api/models/${DEFAULT_TRUNK}`));
  const { heads } = v.parse(Heads, await getJson(`${origin}/api/heads`));
  const current = heads.find(({ id }) => id === DEFAULT_TRUNK);
  if (model.defaultHead !== null && current?.trunk === model.digest) return false;
  say(`Training the default head on ${perClass * GARMENTS.length} images, this once …`);
  const trunk = await downloadTrunk(origin, DEFAULT_TRUNK);
  const lowering = lowerTrunk(trunk.model, { cut: trunk.manifest.defaults.cut });
  const made = await trainHead(lowering, trunk.manifest, readGarments('train', perClass), GARMENTS);
  lowering.dispose();
  await putHead(origin, secret, DEFAULT_TRUNK, made.bytes, current?.revision ?? null);
  const title = JSON.stringify({ title: 'Ten garments (Fashion-MNIST)' });
  await fetch(`${origin}/api/heads/${DEFAULT_TRUNK}`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
    body: title,
  });
  const { accuracy } = made.report;
  if (accuracy !== null)
    say(`  ${made.bytes.length} bytes, leave-one-out accuracy ${(accuracy.value * 100).toFixed(1)} %`);
  return true;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
