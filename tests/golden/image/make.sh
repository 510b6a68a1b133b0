#!/bin/sh
# How the files of this folder were made: real encoders on a synthetic picture (no photograph, no foreign licence).
# Debian 12: imagemagick 6.9.11, libjpeg-turbo-progs 2.1.5, webp 1.2.4, libimage-exiftool-perl 12.57.
# Run only to add a file; afterwards run `npx node tests/support/image-golden-update.ts` and review its diff.
set -eu
cd "$(dirname "$0")"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

convert() { command convert -define png:exclude-chunks=date,tIME,tEXt "$@"; }

scene() { # width height points
  convert -seed 7 -size "$1x$2" gradient:'#1040c0-#f0d020' \
    \( -size "$1x$2" plasma:tomato-steelblue \) -compose blend -define compose:args=40 -composite \
    -fill '#e02060' -draw "circle $(($1 * 3 / 4)),$(($2 * 2 / 3)) $(($1 * 3 / 4)),$(($2 / 3))" \
    -fill white -pointsize "$3" -annotate +3+"$3" 'Rf4' -alpha off -depth 8 ppm:"$T/$1.ppm"
}
scene 61 47 20
scene 400 300 90
S=$T/61.ppm

# Lossless formats.
convert "$S" -define png:color-type=2 png-rgb.png
convert "$S" -interlace PNG -define png:color-type=2 png-interlaced.png
convert "$S" -colorspace gray -define png:color-type=0 png-gray.png
convert "$S" +dither -colors 20 -define png:color-type=3 png-palette.png
convert "$S" -colorspace gray +dither -posterize 4 -depth 2 -strip png-gray-2bit.png
convert "$S" -depth 16 -evaluate Multiply 0.731 -define png:color-type=2 -define png:bit-depth=16 png-16bit.png
convert "$S" -alpha set -channel A -fx 'i/(w-1)' +channel -define png:color-type=6 "$T/alpha.png"
cp "$T/alpha.png" png-alpha.png
convert "$T/alpha.png" -channel A -threshold 50% +channel +dither -colors 16 PNG8:png-palette-alpha.png
cwebp -quiet -lossless -exact "$T/alpha.png" -o webp-lossless-alpha.webp
cwebp -quiet -lossless "$S" -o webp-lossless.webp

convert "$S" -interlace PNG +dither -colors 20 -define png:color-type=3 png-palette-interlaced.png
convert "$S" -depth 16 -evaluate Multiply 0.731 -alpha set -channel A -fx 'i/(w-1)' +channel -interlace PNG \
  -define png:color-type=6 -define png:bit-depth=16 png-16bit-alpha-interlaced.png
convert "$S" -colorspace gray -depth 16 -evaluate Multiply 0.731 -define png:color-type=0 -define png:bit-depth=16 png-gray-16bit.png
convert "$S" -colorspace gray -alpha set -channel A -fx 'j/(h-1)' +channel -define png:color-type=4 png-gray-alpha.png
convert "$S" -colorspace gray -threshold 50% -depth 1 -define png:color-type=0 -define png:bit-depth=1 png-gray-1bit.png
convert "$S" +dither -posterize 3 -transparent white -define png:color-type=2 png-rgb-transparent.png

# Lossy formats.
cjpeg -quality 85 -sample 2x2 -outfile jpeg-baseline-420.jpg "$S"
cjpeg -quality 85 -sample 1x1 -outfile jpeg-baseline-444.jpg "$S"
cjpeg -quality 85 -progressive -sample 2x1 -restart 1 -outfile jpeg-progressive-422.jpg "$S"
cjpeg -quality 85 -grayscale -outfile jpeg-gray.jpg "$S"
cjpeg -quality 85 -sample 2x1 -restart 3B -outfile jpeg-baseline-422.jpg "$S"
cjpeg -quality 85 -sample 4x1 -outfile jpeg-baseline-411.jpg "$S"
cjpeg -quality 85 -sample 1x2 -outfile jpeg-baseline-440.jpg "$S"
cjpeg -quality 85 -progressive -sample 2x2 -outfile jpeg-progressive-420.jpg "$S"
cjpeg -quality 85 -progressive -sample 1x1 -outfile jpeg-progressive-444.jpg "$S"
cjpeg -quality 85 -progressive -grayscale -outfile jpeg-progressive-gray.jpg "$S"
printf '0;1;2;' > "$T/scans" && cjpeg -quality 85 -sample 2x2 -scans "$T/scans" -outfile jpeg-separate-scans.jpg "$S"
cjpeg -quality 85 -rgb -outfile jpeg-rgb.jpg "$S"
cjpeg -quality 80 -sample 2x2 -optimize -outfile jpeg-photo.jpg "$T/400.ppm"
cwebp -quiet -q 80 "$S" -o webp-lossy.webp
cwebp -quiet -q 80 -alpha_q 100 "$T/alpha.png" -o webp-lossy-alpha.webp

convert "$S" -colorspace CMYK jpeg-cmyk.jpg

# The same upright picture, stored as each EXIF orientation.
turn() { # orientation, options that undo it
  n=$1; shift
  convert "$S" "$@" ppm:- | cjpeg -quality 90 -sample 1x1 -outfile "jpeg-orientation-$n.jpg"
  exiftool -q -overwrite_original -n -Orientation="$n" "jpeg-orientation-$n.jpg"
}
turn 1
turn 2 -flop
turn 3 -rotate 180
turn 4 -flip
turn 5 -transpose
turn 6 -rotate 270
turn 7 -transverse
turn 8 -rotate 90
convert "$S" -rotate 270 -define png:color-type=2 png-orientation-6.png
exiftool -q -overwrite_original -n -Orientation=6 png-orientation-6.png
convert "$S" -rotate 90 ppm:"$T/8.ppm" && cwebp -quiet -lossless "$T/8.ppm" -o webp-orientation-8.webp
exiftool -q -overwrite_original -n -Orientation=8 webp-orientation-8.webp

# What must be refused.
cjpeg -quality 50 -arithmetic -outfile refused-arithmetic.jpg "$S"
img2webp -o refused-animated.webp "$T/alpha.png" png-rgb.png >/dev/null
convert "$S" -colors 8 refused.gif

# What other decoders (libpng, libjpeg-turbo, libwebp) make of them: RGB over white, gzipped raw bytes.
# This ImageMagick rounds down where alpha is laid over white, so up to 1 off. Those with an EXIF orientation have the
# upright picture, png-rgb, as their oracle; jpeg-photo has none, for its size. Some JPEGs also have one for each reduced
# scale of libjpeg.
raw() { convert "$1" -background white -flatten -depth 8 rgb:- | gzip -9n > "oracle/$2.rgb.gz"; }
mkdir -p oracle
for f in *.png *.jpg *.webp; do
  case $f in *orientation* | refused* | jpeg-photo*) continue ;; esac
  case $f in
    *.png) raw "$f" "${f%.*}" ;;
    jpeg-cmyk.jpg) raw "$f" "${f%.*}" ;;
    *.jpg) for n in 2 4 8; do
        djpeg -rgb -scale 1/$n "$f" > "$T/o.ppm" && raw "$T/o.ppm" "${f%.*}.$n"
      done
      djpeg -rgb "$f" > "$T/o.ppm" && raw "$T/o.ppm" "${f%.*}" ;;
    *.webp) dwebp -quiet "$f" -o "$T/o.png" && raw "$T/o.png" "${f%.*}" ;;
  esac
done
