# Shorthands; everything works without make.

.PHONY: test race fuzz bench doc lint daemons

test:
	go test ./...

race: daemons
	FTPSH_REQUIRE_DAEMONS=1 go test -race ./...

# Every fuzz target for ten seconds.
fuzz:
	for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime 10s $$package || exit 1; \
		done; \
	done

# First our own code, then ftpsh beside the peers that are installed. MIB=128 makes it short.
MIB ?= 1024
bench: daemons
	go test -run '^$$' -bench . -benchmem $$(go list ./... | grep -v '/bench$$')
	go test -run '^$$' -bench . -benchtime 5x -timeout 1h ./bench -args -mib $(MIB)

# The man page and the generated parts of the README, from the command table.
doc:
	go test ./commands -update

lint:
	gofmt -l .
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

daemons:
	bash internal/ftptest/daemons/fetch.sh
