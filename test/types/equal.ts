/** Says at compile time that two types are the same: `same<Actual, Expected>(true)`. */

/** `any` equals only itself. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- two generic functions are the same only where what they compare with is
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export function same<A, B>(_equal: Equal<A, B>): void {}
