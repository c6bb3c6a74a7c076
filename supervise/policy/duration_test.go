package policy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDurations(t *testing.T) {
	tests := []struct {
		text    string
		want    time.Duration
		problem string
	}{
		{"500ms", 500 * time.Millisecond, ""},
		{"1.5s", 1500 * time.Millisecond, ""},
		{"0.1s", 100 * time.Millisecond, ""},
		{"2m30s", 150 * time.Second, ""},
		{"1h", time.Hour, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"0.000001ms", time.Nanosecond, ""},
		{"0ms", 0, ""},
		{"106751d", 106751 * 24 * time.Hour, ""},
		{"106752d", 0, tooLong},
		{"106751d24h", 0, tooLong},
		{"99999999999999999999s", 0, tooLong},
		{"5", 0, "has no unit"},
		{"5.5", 0, "has no unit"},
		{"-5s", 0, "is negative"},
		{"-5", 0, "is no duration"},
		{"", 0, "is no duration"},
		{"s", 0, "is no duration"},
		{"5 s", 0, "is no duration"},
		{"5S", 0, "is no duration"},
		{".5s", 0, "is no duration"},
		{"5.s", 0, "is no duration"},
		{"5m3", 0, "is no duration"},
		{"5us", 0, "is no duration"},
		{"infinity", 0, "is no duration"},
		{"1e3s", 0, "is no duration"},
		{"5s\n", 0, "is no duration"},
	}
	for _, tt := range tests {
		got, problem := parseDuration(tt.text)
		assert.Equal(t, tt.want, got, tt.text)
		assert.Equal(t, tt.problem, problem, tt.text)
	}
}
