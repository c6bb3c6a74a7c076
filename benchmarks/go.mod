module github.com/proctor-dev/proctor/benchmarks

go 1.26.0

replace github.com/proctor-dev/proctor => ../

require (
	github.com/anthdm/hollywood v1.0.5
	github.com/proctor-dev/proctor v0.0.0-00010101000000-000000000000
	github.com/thejerf/suture/v4 v4.0.6
)

require (
	github.com/DataDog/gostackparse v0.7.0 // indirect
	github.com/fxamacker/cbor/v2 v2.10.0 // indirect
	github.com/klauspost/cpuid/v2 v2.0.9 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/zeebo/xxh3 v1.0.2 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	google.golang.org/protobuf v1.33.0 // indirect
)
