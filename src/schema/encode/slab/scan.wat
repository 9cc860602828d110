;; The slab's two loops over bytes, 16 at a time. `scan.ts` holds what `wat2wasm` makes of this.
(module
  (import "m" "memory" (memory 1))

  ;; Counts the quotation marks in [at, end). Bit 30: a backslash or a control character is there. Bit 31: something beyond ASCII is.
  ;; The last step may look past the end, at 15 bytes of what is none of these.
  (func (export "scan") (param $at i32) (param $end i32) (result i32)
    (local $v v128) (local $bad v128) (local $all v128) (local $quotes i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v (v128.load align=1 (local.get $at)))
        (local.set $all (v128.or (local.get $all) (local.get $v)))
        (local.set $bad (v128.or (local.get $bad)
          (v128.or
            (i8x16.lt_u (local.get $v) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
            (i8x16.eq (local.get $v) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92)))))
        (local.set $quotes (i32.add (local.get $quotes)
          (i32.popcnt (i8x16.bitmask (i8x16.eq (local.get $v) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.or
      (local.get $quotes)
      (i32.or
        (i32.shl (v128.any_true (local.get $bad)) (i32.const 30))

  ;; Copies [at, end) to `to` with the escapes of JSON, as `JSON.stringify` writes them. Gives where it ended.
  ;; Past the end must stand 16 spaces; a byte becomes six at most.
        (i32.shl (i32.ne (i8x16.bitmask (local.get $all)) (i32.const 0)) (i32.const 31)))))
  (func (export "escape") (param $at i32) (param $end i32) (param $to i32) (result i32)
    (local $v v128) (local $mask i32) (local $c i32) (local $letter i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $v (v128.load align=1 (local.get $at)))
          (v128.store align=1 (local.get $to) (local.get $v))
          (local.set $mask (i32.or (i32.const 65536) (i8x16.bitmask (v128.or
            (i8x16.lt_u (local.get $v) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
            (v128.or
              (i8x16.eq (local.get $v) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))
              (i8x16.eq (local.get $v) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92)))))))
          (local.set $mask (i32.ctz (local.get $mask)))
          (local.set $at (i32.add (local.get $at) (local.get $mask)))
          (local.set $to (i32.add (local.get $to) (local.get $mask)))
          (br_if $next (i32.eq (local.get $mask) (i32.const 16)))
          (local.set $c (i32.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $letter (local.get $c))
          (if (i32.lt_u (local.get $c) (i32.const 32))
            (then
              (local.set $letter (i32.const 0))
              (if (i32.lt_u (i32.sub (local.get $c) (i32.const 8)) (i32.const 6))
                (then (local.set $letter (i32.and (i32.const 255) (i32.wrap_i64 (i64.shr_u (i64.const 0x7266006e7462)
                  (i64.extend_i32_u (i32.shl (i32.sub (local.get $c) (i32.const 8)) (i32.const 3)))))))))))
          (if (local.get $letter)
            (then
              (i32.store16 align=1 (local.get $to) (i32.or (i32.const 92) (i32.shl (local.get $letter) (i32.const 8))))
              (local.set $to (i32.add (local.get $to) (i32.const 2))))
            (else
              (i32.store align=1 (local.get $to) (i32.const 0x3030755c))
              (i32.store8 offset=4 (local.get $to) (i32.add (i32.const 48) (i32.shr_u (local.get $c) (i32.const 4))))
              (local.set $c (i32.and (local.get $c) (i32.const 15)))
              (i32.store8 offset=5 (local.get $to) (i32.add (local.get $c)
                (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $c) (i32.const 9)))))
              (local.set $to (i32.add (local.get $to) (i32.const 6)))))
          (br $next))))
    (i32.sub (local.get $to) (i32.sub (local.get $at) (local.get $end))))
)
