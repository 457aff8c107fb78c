package ftptest

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// vsftpd knows PAM's users only. The libpam in its folder reads ./pam.d (see fetch.sh), where pam_pwdfile
// is told of our one user; guest_enable lets him act as the service user.
func vsftpd(s *starting) (*program, error) {
	modules := under(s.root, "lib/*/security", "usr/lib/*/security")
	if len(modules) == 0 {
		return nil, errors.New("no PAM modules in " + s.root)
	}
	hash, err := crypted(s.password)
	if err != nil {
		return nil, err
	}
	service := fmt.Sprintf("auth required %[1]s/pam_pwdfile.so pwdfile=%[2]s nodelay\naccount required %[1]s/pam_permit.so\n",
		modules[0], s.file("passwd"))
	settings := []string{
		"background=NO", "listen=YES", "listen_address=" + s.place.host(), fmt.Sprint("listen_port=", s.port),
		fmt.Sprint("pasv_min_port=", s.first), fmt.Sprint("pasv_max_port=", s.last),
		"anonymous_enable=NO", "local_enable=YES", "write_enable=YES", "local_umask=022",
		"guest_enable=YES", "guest_username=" + serviceName, "virtual_use_local_privs=YES",
		"local_root=" + s.home, "chroot_local_user=YES", "allow_writeable_chroot=YES",
		"pam_service_name=ftpsh", "secure_chroot_dir=" + s.file("empty"), "seccomp_sandbox=NO",
		"max_clients=0", "max_per_ip=0", "delay_failed_login=0",
		"vsftpd_log_file=" + s.file("log"), "xferlog_enable=YES", "xferlog_std_format=NO", "log_ftp_protocol=YES",
	}
	if s.mode != Plain {
		settings = append(settings,
			"ssl_enable=YES", "force_local_logins_ssl=YES", "force_local_data_ssl=YES",
			"require_ssl_reuse=YES", "ssl_ciphers=HIGH",
			"rsa_cert_file="+s.file("cert.pem"), "rsa_private_key_file="+s.file("key.pem"))
	}
	if s.mode == Implicit {
		settings = append(settings, "implicit_ssl=YES")
	}
	return &program{
			args: []string{s.root + "/usr/sbin/vsftpd", s.file("vsftpd.conf")},
			logs: []string{s.file("log")},
		}, errors.Join(
			os.Mkdir(s.file("empty"), 0o755), os.Mkdir(s.file("pam.d"), 0o755),
			os.WriteFile(s.file("pam.d/ftpsh"), []byte(service), 0o644),
			os.WriteFile(s.file("passwd"), []byte(s.user+":"+hash+"\n"), 0o600),
			os.WriteFile(s.file("vsftpd.conf"), lines(settings), 0o644))
}

// proftpd keeps its default of NoSessionReuseRequired off.
func proftpd(s *starting) (*program, error) {
	hash, err := crypted(s.password)
	if err != nil {
		return nil, err
	}
	account := fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\n", s.user, hash, serviceID, serviceID, s.home)
	settings := []string{
		`ServerName "ftpsh"`, "ServerType standalone", "ModulePath " + s.root + "/usr/lib/proftpd", "LoadModule mod_tls.c", "LoadModule mod_digest.c",
		"DefaultAddress " + s.place.host(), "SocketBindTight on", fmt.Sprint("Port ", s.port),
		fmt.Sprintf("PassivePorts %d %d", s.first, s.last),
		"User " + serviceName, "Group " + serviceName, "Umask 022", "DefaultRoot ~",
		"AuthOrder mod_auth_file.c", "AuthUserFile " + s.file("passwd"), "RequireValidShell off", "UseFtpUsers off",
		"AllowOverwrite on", "AllowStoreRestart on", "AllowRetrieveRestart on",
		"UseReverseDNS off", "WtmpLog off", "DelayEngine off", "TransferLog none",
		"PidFile " + s.file("pid"), "ScoreboardFile " + s.file("scoreboard"), "SystemLog " + s.file("log"),
	}
	if s.mode != Plain {
		settings = append(settings,
			"TLSEngine on", "TLSRequired on", "TLSProtocol TLSv1.2 TLSv1.3", "TLSVerifyClient off",
			"TLSECCertificateFile "+s.file("cert.pem"), "TLSECCertificateKeyFile "+s.file("key.pem"),
			"TLSLog "+s.file("tls.log"))
	}
	if s.mode == Implicit {
		settings = append(settings, "TLSOptions UseImplicitSSL")
	}
	return &program{
			args: []string{s.root + "/usr/sbin/proftpd", "-n", "-q", "-c", s.file("proftpd.conf")},
			logs: []string{s.file("log"), s.file("tls.log")},
		}, errors.Join(
			os.WriteFile(s.file("passwd"), []byte(account), 0o600),
			os.WriteFile(s.file("proftpd.conf"), lines(settings), 0o644))
}

// pureFTPd takes its settings as options. The hash of the account is ours, since pure-pw would spend a
// second of computing on each login.
func pureFTPd(s *starting) (*program, error) {
	hash, err := crypted(s.password)
	if err != nil {
		return nil, err
	}
	account := fmt.Sprintf("%s:%s:%d:%d::%s/./::::::::::::\n", s.user, hash, serviceID, serviceID, s.home)
	if err := os.WriteFile(s.file("passwd"), []byte(account), 0o600); err != nil {
		return nil, err
	}
	compile := exec.Command(s.root+"/usr/bin/pure-pw", "mkdb", s.file("users.pdb"), "-f", s.file("passwd"))
	compile.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries(s.root))
	if output, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pure-pw: %w: %s", err, output)
	}
	tls := map[Mode]string{Plain: "0", Explicit: "3"}[s.mode]
	return &program{
		args: []string{
			s.root + "/usr/sbin/pure-ftpd",
			"-S", fmt.Sprintf("%s,%d", s.place.host(), s.port), "-p", fmt.Sprintf("%d:%d", s.first, s.last),
			"-l", "puredb:" + s.file("users.pdb"), "-A", "-E", "-H", "-u", "1", "-U", "133:022",
			"-C", "100", "-c", "100", "-g", s.file("pid"), "-f", "none", "-O", "w3c:" + s.file("log"),
			"-Y", tls, "-2", s.file("cert.pem") + "," + s.file("key.pem"),
		},
		logs: []string{s.file("log")},
	}, nil
}

//go:embed daemons/pyftpdlib.py
var pyftpdlibScript string

// pyftpdlib runs under the Python that came with it, else under the system's, which is then the one that
// its packages are made for.
func pyftpdlib(s *starting) (*program, error) {
	python := "/usr/bin/python3"
	if own := s.root + python; exists(own) {
		python = own
	}
	return &program{
			args: []string{
				python, "-c", pyftpdlibScript, s.place.host(), fmt.Sprint(s.port), fmt.Sprint(s.first), fmt.Sprint(s.last),
				string(s.mode), s.home, fmt.Sprint(serviceID), fmt.Sprint(serviceID),
			},
			env: []string{"PYTHONPATH=" + s.root + "/usr/lib/python3/dist-packages", "PYTHONDONTWRITEBYTECODE=1"},
		},
		os.WriteFile(s.file("login"), []byte(s.user+"\n"+s.password+"\n"), 0o600)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func lines(settings []string) []byte {
	return []byte(strings.Join(slices.Concat(settings, []string{""}), "\n"))
}
