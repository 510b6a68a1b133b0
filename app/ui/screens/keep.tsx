// Keep: to be written.
import type { OpenProject } from '../../project/open-project.ts';

export function KeepScreen({ open }: { readonly open: OpenProject }) {
  return <p>{open.project.value.title}</p>;
}
