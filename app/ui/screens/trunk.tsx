// Trunk: to be written.
export function TrunkScreen() {
  return <p>Trunk</p>;
}
