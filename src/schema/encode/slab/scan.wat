;; The slab's loops over bytes, 16 at a time. `npm run wat` assembles this file into `wasm.ts`.
(module
  (import "m" "memory" (memory 1))

  ;; Counts the quotation marks in [at, end). Sets bit 29 for a character from U+F000 on, such as U+FFFD, bit 30 for a backslash or a control
  ;; character, and bit 31 for a character beyond ASCII. The last step may read 15 bytes after the end, which must be spaces.
  (func (export "scan") (param $at i32) (param $end i32) (result i32)
    (local $v v128) (local $slashes v128) (local $lowest v128) (local $highest v128) (local $quotes i32)
    (local.set $lowest (v128.const i8x16 255 255 255 255 255 255 255 255 255 255 255 255 255 255 255 255))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v (v128.load align=1 (local.get $at)))
        (local.set $lowest (i8x16.min_u (local.get $lowest) (local.get $v)))
        (local.set $highest (i8x16.max_u (local.get $highest) (local.get $v)))
        (local.set $slashes (v128.or (local.get $slashes) (i8x16.eq (local.get $v) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92))))
        (local.set $quotes (i32.add (local.get $quotes)
          (i32.popcnt (i8x16.bitmask (i8x16.eq (local.get $v) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.or
      (i32.or
        (local.get $quotes)
        (i32.shl (v128.any_true (i8x16.ge_u (local.get $highest) (v128.const i8x16 239 239 239 239 239 239 239 239 239 239 239 239 239 239 239 239))) (i32.const 29)))
      (i32.or
        (i32.shl
          (v128.any_true (v128.or (local.get $slashes) (i8x16.lt_u (local.get $lowest) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))))
          (i32.const 30))
        (i32.shl (i32.ne (i8x16.bitmask (local.get $highest)) (i32.const 0)) (i32.const 31)))))

  ;; Returns 1 if [at, end) contains a replacement character, U+FFFD. The last step may read bytes after the end, and find one there.
  (func (export "hasReplacement") (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (v128.any_true (v128.and
                (i8x16.eq (v128.load align=1 (local.get $at)) (v128.const i8x16 239 239 239 239 239 239 239 239 239 239 239 239 239 239 239 239))
                (v128.and
                  (i8x16.eq (v128.load offset=1 align=1 (local.get $at)) (v128.const i8x16 191 191 191 191 191 191 191 191 191 191 191 191 191 191 191 191))
                  (i8x16.eq (v128.load offset=2 align=1 (local.get $at)) (v128.const i8x16 189 189 189 189 189 189 189 189 189 189 189 189 189 189 189 189)))))
            (then (return (i32.const 1))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $next))))
    (i32.const 0))

  ;; Returns 1 if the 36 bytes from `at` on are hexadecimal digits in groups of 8-4-4-4-12.
  (func (export "isHexadecimal") (param $at i32) (result i32)
    (i8x16.all_true
      (v128.and
        (call $digits (v128.load align=1 (local.get $at)) (v128.const i8x16 0 0 0 0 0 0 0 0 -1 0 0 0 0 -1 0 0))
        (v128.and
          (call $digits (v128.load offset=16 align=1 (local.get $at)) (v128.const i8x16 0 0 -1 0 0 0 0 -1 0 0 0 0 0 0 0 0))
          (call $digits (v128.load offset=20 align=1 (local.get $at)) (v128.const i8x16 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0))))))

  ;; Finds the bytes that are hexadecimal digits, or hyphens at the places of hyphens.
  (func $digits (param $v v128) (param $hyphens v128) (result v128)
    (v128.bitselect
      (i8x16.eq (local.get $v) (v128.const i8x16 45 45 45 45 45 45 45 45 45 45 45 45 45 45 45 45))
      (v128.or
        (i8x16.le_u
          (i8x16.sub (local.get $v) (v128.const i8x16 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48))
          (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9))
        (i8x16.le_u
          (i8x16.sub
            (v128.or (local.get $v) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
            (v128.const i8x16 97 97 97 97 97 97 97 97 97 97 97 97 97 97 97 97))
          (v128.const i8x16 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5)))
      (local.get $hyphens)))

  ;; Copies [at, end) to `to` with the escapes of `JSON.stringify`. Returns the end of the copy. The 16 bytes after `end` must be spaces. One byte
  ;; becomes at most six.
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
