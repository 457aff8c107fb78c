package term

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are the powers of 1024, from the first on.
const sizeUnits = "KMGTPE"

// HumanSize writes a number of bytes as ls -h does: powers of 1024, rounded up,
// one decimal below ten. An unknown size, below 0, is "-".
func HumanSize(n int64) string {
	if n < 0 {
		return "-"
	}
	if n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	value, unit := float64(n)/1024, 0
	for math.Ceil(value) >= 1024 {
		value /= 1024
		unit++
	}
	if tenths := math.Ceil(value * 10); tenths < 100 {
		return fmt.Sprintf("%.1f%c", tenths/10, sizeUnits[unit])
	}
	return fmt.Sprintf("%.0f%c", math.Ceil(value), sizeUnits[unit])
}

// ParseSize reads a number of bytes such as 1024, 64k, 1.5M or 2GiB. Units are
// powers of 1024, in either case, with or without B or iB; a bare b is bytes.
func ParseSize(s string) (int64, error) {
	number, factor := splitUnit(strings.ToUpper(s))
	if n, err := strconv.ParseUint(number, 10, 63); err == nil {
		if n > math.MaxInt64/uint64(factor) {
			return 0, fmt.Errorf("size %q is too large", s)
		}
		return int64(n) * factor, nil
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || factor == 1 || strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("size %q is not a number with an optional unit (k, m, g, t)", s)
	}
	if value *= float64(factor); value >= math.MaxInt64 {
		return 0, fmt.Errorf("size %q is too large", s)
	}
	return int64(value), nil
}

// splitUnit takes the unit, in upper case, off a size.
func splitUnit(s string) (number string, factor int64) {
	s = strings.TrimSuffix(s, "B")
	if binary, ok := strings.CutSuffix(s, "I"); ok {
		s = binary
		if s == "" || !strings.Contains(sizeUnits, s[len(s)-1:]) {
			return "", 1 // 5i is no size
		}
	}
	if s == "" {
		return "", 1
	}
	power := strings.IndexByte(sizeUnits, s[len(s)-1])
	if power < 0 {
		return s, 1
	}
	return s[:len(s)-1], 1 << (10 * (power + 1))
}
