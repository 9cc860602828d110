/** The part of WebAssembly that the slab uses, with types: the shared type library has none for it. */

export interface SlabMemory {
  readonly buffer: ArrayBuffer
}

interface WebAssembly {
  readonly Memory: new (pages: { initial: number; maximum: number }) => SlabMemory
  readonly Module: new (code: Uint8Array, options?: { readonly builtins: readonly string[] }) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

export function createMemory(pages: number): SlabMemory {
  return new (webAssembly().Memory)({ initial: pages, maximum: pages })
}

/** The exports of a module that imports the memory only, and the JavaScript builtins that `builtins` names. */
export function instantiate(base64: string, memory: SlabMemory, builtins: readonly string[] = []): object {
  const { Module, Instance } = webAssembly()
  return new Instance(new Module(Buffer.from(base64, 'base64'), { builtins }), { m: { memory } }).exports
}

function webAssembly(): WebAssembly {
  return (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly // every runtime has it, its types are the browser's
}
