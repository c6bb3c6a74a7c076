package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// host says where the numbers are from.
type host struct {
	Go     string `json:"go"`
	System string `json:"system"`
	Kernel string `json:"kernel,omitempty"` // only Linux is asked
	Cores  int    `json:"cores"`
}

func describeHost() host {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return host{Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernel: strings.TrimSpace(string(kernel)), Cores: runtime.NumCPU()}
}

func (h host) String() string {
	kernel := ""
	if h.Kernel != "" {
		kernel = ", kernel " + h.Kernel
	}
	return fmt.Sprintf("%s, %s%s, %d cores", h.Go, h.System, kernel, h.Cores)
}
