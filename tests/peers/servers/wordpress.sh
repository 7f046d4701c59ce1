#!/bin/bash
# WordPress (of Debian) on 127.0.0.1:9201 with a MariaDB of its own: teacher, alice and bob, with application passwords.
# usage: wordpress.sh install|init|start|stop      state: /var/tmp/plnapi-wordpress
set -eu
P=/var/tmp/plnapi-wordpress; W=$P/www; D=$P/mysql; S=$P/mysqld.sock; URL=http://127.0.0.1:9201; export P
db_up() {
  mkdir -p $P
  if [ ! -d $D ]; then mkdir -p $D; chown mysql $D $P; mariadb-install-db --user=mysql --datadir=$D --auth-root-authentication-method=normal >$P/install-db.log 2>&1; fi
  mariadb-admin --no-defaults -S $S ping >/dev/null 2>&1 && return
  nohup mariadbd --no-defaults --user=mysql --datadir=$D --socket=$S --skip-networking --pid-file=$P/mysqld.pid >$P/mysqld.log 2>&1 &
  for i in $(seq 60); do mariadb-admin --no-defaults -S $S ping >/dev/null 2>&1 && break; sleep 0.5; done
}
case "${1:-}" in
install) command -v php >/dev/null && command -v mariadbd >/dev/null && [ -d /usr/share/wordpress ] && exit 0; apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wordpress php-cli php-mysql php-xml php-curl php-gd php-mbstring mariadb-server wordpress-theme-twentytwentythree >/dev/null ;;
init) db_up
  mariadb --no-defaults -S $S -u root -e "DROP DATABASE IF EXISTS wp; CREATE DATABASE wp; CREATE OR REPLACE USER wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON wp.* TO wp@localhost;"
  rm -rf $W; mkdir -p $W; cp -rL /usr/share/wordpress/. $W/ 2>/dev/null || true; rm -f $W/wp-config.php
  cat > $W/wp-config.php <<PHP
<?php
define('DB_NAME','wp'); define('DB_USER','wp'); define('DB_PASSWORD','wp'); define('DB_HOST','localhost:$S'); define('DB_CHARSET','utf8mb4'); define('DB_COLLATE','');
define('WP_HOME','$URL'); define('WP_SITEURL','$URL'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('DISABLE_WP_CRON', true);
define('WP_ENVIRONMENT_TYPE','local');  // allows application passwords over http
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT'] as \$k) define(\$k, md5(\$k.'loopback'));
\$table_prefix='wp_'; define('WP_DEBUG', false);
if (!defined('ABSPATH')) define('ABSPATH', __DIR__.'/');
require_once ABSPATH.'wp-settings.php';
PHP
  cat > $P/router.php <<'PHP'
<?php // php -S router giving WordPress pretty permalinks
$p = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH); $f = $_SERVER['DOCUMENT_ROOT'].$p;
if ($p !== '/' && is_file($f)) return false;
if (is_dir($f) && is_file(rtrim($f,'/').'/index.php') && $p !== '/') { $_SERVER['SCRIPT_NAME']=rtrim($p,'/').'/index.php'; require rtrim($f,'/').'/index.php'; return; }
$_SERVER['SCRIPT_NAME']='/index.php'; chdir($_SERVER['DOCUMENT_ROOT']); require $_SERVER['DOCUMENT_ROOT'].'/index.php';
PHP
  cat > $P/setup.php <<'PHP'
<?php define('WP_INSTALLING', true); $_SERVER['HTTP_HOST']='127.0.0.1:9201'; require getenv('P').'/www/wp-load.php';
require ABSPATH.'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail','__return_true');
wp_install('SUB101 blog','teacher','teacher@example.test',true,'','pw-teacher');
update_option('permalink_structure','/%year%/%monthnum%/%postname%/'); update_option('default_comment_status','open'); update_option('comment_registration',0); update_option('comment_moderation',0); update_option('comment_previously_approved',0);
foreach (['alice','bob'] as $u) { $id = wp_insert_user(['user_login'=>$u,'user_pass'=>"pw-$u",'user_email'=>"$u@example.test",'role'=>'author','user_url'=>"http://127.0.0.1:9201/~$u"]);
  [$pw,] = WP_Application_Passwords::create_new_application_password($id,['name'=>'test']); echo "$u $id $pw\n"; }
global $wp_rewrite; $wp_rewrite->init(); flush_rewrite_rules(false);
PHP
  php -d sendmail_path=/bin/true $P/setup.php | tee $P/users
  # second process: taxonomies must be registered under the new permalink structure before the flush
  php -d sendmail_path=/bin/true -r '$_SERVER["HTTP_HOST"]="127.0.0.1:9201"; require getenv("P")."/www/wp-load.php"; $t=array_keys(wp_get_themes()); if($t) switch_theme(end($t)); foreach (range(101,150) as $n) wp_insert_term("SUB$n","post_tag"); global $wp_rewrite; $wp_rewrite->init(); flush_rewrite_rules(false); echo "theme=".get_stylesheet()."\n";' ;;
start) db_up; cd $W; PHP_CLI_SERVER_WORKERS=3 setsid nohup php -d sendmail_path=/bin/true -S 127.0.0.1:9201 -t $W $P/router.php >$P/php.log 2>&1 & echo $! >$P/php.pid; sleep 1 ;;
stop) [ -f $P/php.pid ] && kill -- -$(cat $P/php.pid) 2>/dev/null; rm -f $P/php.pid; [ -f $P/mysqld.pid ] && kill $(cat $P/mysqld.pid) 2>/dev/null; true ;;
esac
