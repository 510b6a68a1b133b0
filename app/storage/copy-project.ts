// A project once more, under new ids. Pure, but for the ids. The copy is not connected to a server: it is another project.
import type { BurstId, ClassId, ExampleId, ProjectId } from './schema.ts';
import type { WholeProject } from './storage.ts';

/** @param options.now ms since the epoch */
export function copyProject(
  { project, examples, photos, features, heads }: WholeProject,
  { title, now }: { readonly title: string; readonly now: number },
): WholeProject {
  const id = crypto.randomUUID() as ProjectId;
  const ids = new Map<string, string>();
  /** The new id of an old one. */
  const again = <T extends ClassId | ExampleId | BurstId>(old: T): T => {
    const known = ids.get(old) ?? crypto.randomUUID();
    ids.set(old, known);
    return known as T;
  };
  return {
    project: {
      ...{ ...project, id, title, createdAt: now, updatedAt: now },
      classes: project.classes.map((one) => ({ ...one, id: again(one.id) })),
    },
    examples: examples.map((one) => ({
      ...{ ...one, id: again(one.id), project: id, class: again(one.class) },
      burst: one.burst === null ? null : again(one.burst),
    })),
    photos: photos.map((one) => ({ ...one, id: again(one.id) })),
    features: features.map((one) => ({ ...one, project: id, example: again(one.example) })),
    heads: heads.map((one) => ({
      ...{ ...one, project: id },
      classes: one.classes.map((label) => (label === null ? null : again(label))),
    })),
    sync: null,
  };
}
