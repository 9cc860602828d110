/** What a run time knows of a request beside HTTP. Applications add their own members by declaration merging. */

declare global {
  namespace Riposte {
    /**
     * Merge your own members into it: `declare global { namespace Riposte { interface Platform { readonly env: Env } } }`. `serve` and `toNodeHandler`
     * give `message` and `response` of `node:http`; `app.fetch(request, platform)` gives its second argument.
     */
    interface Platform {
      /** The address at the other end of the connection: that of a proxy where one stands in front. `undefined` where the run time does not say. */
      readonly clientAddress?: string | undefined
    }
  }
}

/** What the run time knows of a request. Declare its fields in the namespace `Riposte`. */
export type Platform = Riposte.Platform
