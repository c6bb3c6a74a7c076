package policy

import (
	"net"
	"net/url"
	"strconv"
)

// checkTCP is for a value that may hold a secret: it does not repeat it.
func checkTCP(s string) (problem, hint string) {
	_, port, err := net.SplitHostPort(s)
	n, number := strconv.ParseUint(port, 10, 16)
	if err != nil || number != nil || n == 0 {
		return "is no host and port", `write host:port, such as "127.0.0.1:6379"`
	}
	return "", ""
}

// checkHTTP is for a value that may hold a secret: it does not repeat it.
func checkHTTP(s string) (problem, hint string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "is no URL of http or https", `write one, such as "http://127.0.0.1:8080/health"`
	}
	return "", ""
}
