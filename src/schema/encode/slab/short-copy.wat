;; Copies short strings into the slab unit by unit. V8 checks the representation of a string once, and not for each unit. `npm run wat`
;; assembles this file into `wasm.ts`.
(module
  (import "wasm:js-string" "charCodeAt" (func $unit (param externref i32) (result i32)))
  (import "m" "memory" (memory 1))

  ;; The bitwise OR of all units. Below 128, all units are ASCII.
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
