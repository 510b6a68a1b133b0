// Settings: to be written.
export function SettingsScreen() {
  return <p>Settings</p>;
}
