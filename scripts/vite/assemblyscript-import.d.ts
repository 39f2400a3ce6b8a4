/** The bytes of a WebAssembly module compiled from AssemblyScript; see `assemblyscript.mjs`. */
declare module '*?assemblyscript' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
