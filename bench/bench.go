// Package bench gives ftpsh and its peers (lftp, curl, tnftp, ncftp) the same work, side by side in one
// run, and prints what it cost them. Only the ratios mean something: they compare clients on one machine,
// at one time, against one vsftpd.
//
//	go test -run '^$' -bench . -benchtime 5x ./bench
//	go test -run '^$' -bench Get -benchtime 3x ./bench -args -mib 128
//
// Each iteration is a round in which every client does the work once; the order rotates from round to
// round, and a round before the first one warms everything up. The table has the medians. Peers that
// are not installed are left out. Everything lies in memory where the system has /dev/shm, so that no
// disk is measured.
//
// There are benchmarks here and nothing else: no test depends on how fast a machine is.
package bench
