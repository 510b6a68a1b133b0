// The buttons of the app. Each is at least 44 px high; an icon button always has a name.
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type NativeProps = Omit<JSX.IntrinsicElements['button'], 'icon' | 'children'>;

export interface ButtonProps extends NativeProps {
  /** `primary`: the one thing to do here; `plain` (the default), `quiet`: without a border; `danger`: deletes. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

export function Button({ kind = 'plain', icon, children, class: extra, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button ${kind} ${extra ?? ''}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends NativeProps {
  readonly icon: IconName;
  /** What it does, for those who do not see the icon; also its tooltip. */
  readonly label: string;
}

export function IconButton({ icon, label, class: extra, ...rest }: IconButtonProps) {
  return (
    <button type="button" class={`icon-button ${extra ?? ''}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
