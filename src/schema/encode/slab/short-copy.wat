;; Copies short strings into the slab unit by unit: V8 looks once at how a string lies in memory, not once a unit. `short-copy.ts` holds what
;; `wat2wasm` makes of this.
(module
  (import "wasm:js-string" "charCodeAt" (func $unit (param externref i32) (result i32)))
  (import "m" "memory" (memory 1))

  ;; The bits that any of the units has: below 128, all were ASCII.
  (func (export "copy") (param $text externref) (param $length i32) (param $at i32) (result i32)
    (local $i i32) (local $one i32) (local $all i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $length)))
        (local.set $one (call $unit (local.get $text) (local.get $i)))
        (local.set $all (i32.or (local.get $all) (local.get $one)))
        (i32.store8 (i32.add (local.get $at) (local.get $i)) (local.get $one))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $all))
)
