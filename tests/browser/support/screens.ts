// Renders a screen in the page of the test with the app's own styles, and looks at it as a person would.
import axe from 'axe-core';
import { type ComponentChild, h, render } from 'preact';
import { onTestFinished } from 'vitest';
import '../../../app/styles/index.css';
import { type App, AppContext } from '../../../app/app.ts';
import { Toasts } from '../../../app/ui/parts/toasts.tsx';
import { toasts } from '../../../app/ui/toasts.ts';

/** Shown until the test has finished. @returns what it is shown in */
export function show(app: App, screen: ComponentChild): HTMLElement {
  const root = document.createElement('main');
  document.body.append(root);
  document.documentElement.lang = 'en';
  document.title = 'Topwork';
  toasts.value = [];
  render(h(AppContext.Provider, { value: app, children: [screen, h(Toasts, {})] }), root);
  onTestFinished(() => {
    render(null, root);
    root.remove();
  });
  return root;
}

/** A button, link, input or switch by its name, as a screen reader tells it. */
export function named(root: ParentNode, name: string): HTMLElement {
  const all = [...root.querySelectorAll<HTMLElement>('button, a, input, label')];
  const found = all.find((one) => (one.ariaLabel ?? one.textContent)?.trim() === name);
  if (found === undefined)
    throw new Error(
      `There is no "${name}" among: ${all.map((one) => one.ariaLabel ?? one.textContent).join(', ')}`,
    );
  return found;
}

/** What axe finds wrong, in short. */
export async function problems(root: Element): Promise<readonly string[]> {
  const { violations } = await axe.run(root, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
