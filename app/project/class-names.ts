// The rules for classes: names, number and colours. Pure, but for the words of names that the person did not choose.
import * as v from 'valibot';
import { Label } from '../../src/contract/head.ts';
import { MAX_HEAD_CLASSES, MAX_LABEL_LENGTH } from '../../src/contract/limits.ts';
import { DeviceError } from '../failure.ts';
import type { ClassId, ClassRecord } from '../storage/schema.ts';
import { text } from '../text/text.ts';
import { CLASS_COLOURS } from '../ui/palette.ts';

/**
 * The name as it is stored, for a class that is new or is `own`.
 * @throws DeviceError `class_name_invalid`, `class_name_taken`
 */
export function checkName(name: string, classes: readonly ClassRecord[], own?: ClassId): string {
  // One spelling of an accented letter, so that names that look the same are the same.
  const parsed = v.safeParse(Label, name.normalize('NFC'));
  if (!parsed.success) throw new DeviceError('class_name_invalid', { detail: parsed.issues[0].message });
  if (classes.some((one) => one.id !== own && one.name === parsed.output))
    throw new DeviceError('class_name_taken');
  return parsed.output;
}

/** The next "Class n" that is free. */
export function numberedName(classes: readonly ClassRecord[]): string {
  return firstFree(classes, (i) => text.value.common.classNumber(classes.length + i));
}

/** The name, or, should it be taken meanwhile, the name with a number. */
export function freeName(name: string, classes: readonly ClassRecord[]): string {
  return firstFree(classes, (i) =>
    i === 1 ? name : `${name.slice(0, MAX_LABEL_LENGTH - ` ${i}`.length).trimEnd()} ${i}`,
  );
}

function firstFree(classes: readonly ClassRecord[], nameOf: (i: number) => string): string {
  const taken = new Set(classes.map((one) => one.name));
  for (let i = 1; ; i++) if (!taken.has(nameOf(i))) return nameOf(i);
}

/** @throws DeviceError `too_many_classes` */
export function checkRoom(classes: readonly ClassRecord[]): void {
  if (classes.length >= MAX_HEAD_CLASSES) throw new DeviceError('too_many_classes');
}

/** The first of the colours that the fewest classes have. */
export function freeColour(classes: readonly ClassRecord[]): number {
  const uses = Array.from(
    { length: CLASS_COLOURS },
    (_, c) => classes.filter((one) => one.colour === c).length,
  );
  return uses.indexOf(Math.min(...uses));
}
