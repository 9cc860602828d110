/** Says at compile time that two types are the same: `same<Actual, Expected>(true)`. */

/** `any` equals only itself. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export function same<A, B>(_equal: Equal<A, B>): void {}
