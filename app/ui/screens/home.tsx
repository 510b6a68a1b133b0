// Home: to be written.
export function HomeScreen() {
  return <p>Home</p>;
}
