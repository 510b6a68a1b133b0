// The line above every screen: where one is, the way back, and on wide screens the tabs of the project.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import iconUrl from '../icon.svg?url';
import type { OpenProject } from '../project/open-project.ts';
import { text } from '../text/text.ts';
import { Icon } from './parts/icon.tsx';
import { hrefOf } from './router.ts';
import { showFailure } from './toasts.ts';

export function HomeHeader() {
  return (
    <header class="header">
      <p class="brand">
        <img src={iconUrl} alt="" width="28" height="28" /> {text.value.common.appName}
      </p>
      <HeaderLink to={hrefOf({ screen: 'settings' })} icon="settings" label={text.value.shell.settings} />
    </header>
  );
}

/** Of the screens that belong to no project; they have a heading of their own. */
export function BackHeader() {
  return (
    <header class="header">
      <HeaderLink to={hrefOf({ screen: 'home' })} icon="back" label={text.value.shell.home} />
    </header>
  );
}

export function ProjectHeader({
  open,
  children,
}: {
  readonly open: OpenProject | null;
  readonly children: ComponentChildren;
}) {
  return (
    <header class="header">
      <HeaderLink to={hrefOf({ screen: 'home' })} icon="back" label={text.value.shell.home} />
      {open === null ? <span class="header-title" /> : <ProjectTitle open={open} />}
      {children}
    </header>
  );
}

function HeaderLink({
  to,
  icon,
  label,
}: {
  readonly to: string;
  readonly icon: 'back' | 'settings';
  readonly label: string;
}) {
  return (
    <a class="icon-button" href={to} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}

/** A button that becomes a field. */
function ProjectTitle({ open }: { readonly open: OpenProject }) {
  const editing = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { title } = open.project.value;
  const words = text.value.shell;
  // At once, or the first letters that are typed would be lost.
  useLayoutEffect(() => {
    if (editing.value) field.current?.select();
  }, [editing.value]);
  if (!editing.value)
    return (
      <button
        ref={button}
        type="button"
        class="header-title"
        title={words.rename}
        onClick={() => {
          editing.value = true;
        }}
      >
        <span>{title}</span>
        <Icon name="edit" />
        <span class="visually-hidden">{words.rename}</span>
      </button>
    );
  const end = (save: boolean) => {
    const wanted = field.current?.value.trim() ?? '';
    editing.value = false;
    if (save && wanted !== '' && wanted !== title) open.rename(wanted).catch(showFailure);
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <form
      class="header-title"
      onSubmit={(event) => {
        event.preventDefault();
        end(true);
      }}
    >
      <input
        ref={field}
        aria-label={words.renameLabel}
        defaultValue={title}
        maxLength={100}
        onBlur={() => {
          if (editing.peek()) end(true);
        }}
        onKeyDown={({ key }) => {
          if (key === 'Escape') end(false);
        }}
      />
    </form>
  );
}
