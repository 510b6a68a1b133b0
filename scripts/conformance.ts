// npm run conformance -- <origin> [--model name]: does a deployment compute the same numbers as this code?
import { parseArgs } from 'node:util';
import { AppError } from '../src/contract/errors.ts';
import {
  CHECK_NOTES,
  CHECKS,
  type ConformanceReport,
  checkConformance,
  type Finding,
  isOff,
} from './support/conformance.ts';
import { fail } from './support/fail.ts';

const USAGE = 'Usage: npm run conformance -- <origin> [--model name]';

try {
  const { origin, model } = readArguments();
  const report = await checkConformance(origin, { model });
  print(origin, report);
  process.exit(report.ok ? 0 : 1);
} catch (error) {
  fail(error);
}

function readArguments(): { readonly origin: string; readonly model: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { model: { type: 'string' } },
    });
    return { origin: new URL(positionals[0] ?? '').origin, model: values.model };
  } catch (cause) {
    throw new AppError('request_invalid', { detail: USAGE, cause });
  }
}

function print(origin: string, { model, trunk, images, ok }: ConformanceReport): void {
  console.log(`${origin}: ${model}, trunk ${trunk.slice(0, 12)}`);
  const width = Math.max(...images.map(({ name }) => name.length));
  const row = (name: string, cells: readonly string[]) =>
    console.log(`  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`);
  row('', CHECKS);
  for (const { name, findings } of images)
    row(
      name,
      CHECKS.map((check) => cellOf(findings[check])),
    );
  for (const check of CHECKS) console.log(`  ${check.padEnd(9)}${CHECK_NOTES[check]}`);
  const reasons = images.flatMap(({ name, findings }) =>
    CHECKS.flatMap((check) => {
      const finding = findings[check];
      return finding.kind === 'compared' ? [] : [`${finding.kind}: ${check}, ${name}: ${finding.reason}`];
    }),
  );
  for (const reason of new Set(reasons)) console.log(`  ${reason}`);
  console.log(ok ? 'It computes the same numbers.' : 'It does NOT compute the same numbers.');
}

/** `=`: equal to the bit; else the error, with `OFF` beyond the tolerance. */
function cellOf(finding: Finding): string {
  if (finding.kind !== 'compared') return finding.kind;
  const error = finding.error === 0 ? '=' : finding.error.toExponential(1);
  return isOff(finding) ? `OFF ${error}` : error;
}
