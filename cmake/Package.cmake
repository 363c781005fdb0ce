# Debian packages, made by scripts/package from the preset `package`. One a component: replog-server (both services),
# replog-dashboard, replog-client.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME replog)
set(REPLOG_PACKAGE_MAINTAINER "Replog developers <replog@localhost>" CACHE STRING "Maintainer of the Debian packages")
set(CPACK_PACKAGE_CONTACT ${REPLOG_PACKAGE_MAINTAINER})
set(CPACK_SET_DESTDIR ON)   # /etc is not below the prefix
set(CPACK_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
# scripts/packagetest makes a lower version of the same source to upgrade from.
set(REPLOG_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "Version of the Debian packages")
set(CPACK_PACKAGE_VERSION ${REPLOG_PACKAGE_VERSION})
set(CPACK_DEBIAN_PACKAGE_VERSION ${REPLOG_PACKAGE_VERSION})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(replog_components server)
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME replog-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION database)
# procps has the /bin/kill of the units' ExecReload.
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "adduser, procps")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "replog-client, replog-dashboard")
set(CPACK_DEBIAN_SERVER_DESCRIPTION "semi-synchronous replicated log: master and secondary
Replog takes messages over HTTP, gives them one total order and copies them
to any number of nodes. The sender of each message chooses how many nodes
must hold it on disk before it is told OK.

This package has both services and their systemd units. None is started
before it is configured below /etc/replog and enabled.")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/resources/debian/postinst;${PROJECT_SOURCE_DIR}/resources/debian/prerm;${PROJECT_SOURCE_DIR}/resources/debian/postrm;${PROJECT_SOURCE_DIR}/resources/debian/conffiles")

if(REPLOG_GUI)
    list(APPEND replog_components dashboard)
    set(CPACK_DEBIAN_DASHBOARD_PACKAGE_NAME replog-dashboard)
    set(CPACK_DEBIAN_DASHBOARD_PACKAGE_SECTION net)
    set(CPACK_DEBIAN_DASHBOARD_PACKAGE_RECOMMENDS replog-server)
    set(CPACK_DEBIAN_DASHBOARD_DESCRIPTION "dashboard of the replicated log Replog
Shows every node's log, who waits for what and how healthy the nodes are,
and lets a node be killed, slowed down and started again to see what
follows.")
endif()
if(TARGET replogctl)
    list(APPEND replog_components client)
    set(CPACK_DEBIAN_CLIENT_PACKAGE_NAME replog-client)
    set(CPACK_DEBIAN_CLIENT_PACKAGE_SECTION net)
    set(CPACK_DEBIAN_CLIENT_DESCRIPTION "client of the replicated log Replog
replogctl appends, reads and follows messages, and operates a cluster, from
the command line; clients of one file each for Python and JavaScript lie
beside it.")
endif()
set(CPACK_COMPONENTS_ALL ${replog_components})

# What Debian wants in every package.
find_program(GZIP_PROGRAM gzip REQUIRED)
string(TIMESTAMP REPLOG_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${PROJECT_SOURCE_DIR}/resources/debian/changelog.in ${PROJECT_BINARY_DIR}/changelog @ONLY)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/changelog.gz
    COMMAND ${GZIP_PROGRAM} -9nkf changelog WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    DEPENDS ${PROJECT_BINARY_DIR}/changelog VERBATIM)
foreach(component IN LISTS replog_components)
    set(doc ${CMAKE_INSTALL_DATADIR}/doc/replog-${component})
    install(FILES ${PROJECT_SOURCE_DIR}/resources/debian/copyright DESTINATION ${doc} COMPONENT ${component})
    install(FILES ${PROJECT_BINARY_DIR}/changelog.gz ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc} COMPONENT ${component})
    configure_file(${PROJECT_SOURCE_DIR}/resources/debian/lintian-overrides.in
        ${PROJECT_BINARY_DIR}/overrides/replog-${component} @ONLY)
    if(component STREQUAL server)
        # Only where systemd runs; deb-systemd-invoke knows no try-restart of all instances of a template.
        file(APPEND ${PROJECT_BINARY_DIR}/overrides/replog-server "replog-server: maintainer-script-calls-systemctl *\n")
    endif()
    install(FILES ${PROJECT_BINARY_DIR}/overrides/replog-${component} DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
        COMPONENT ${component})
endforeach()
set(generated ${PROJECT_BINARY_DIR}/changelog.gz)

# A manual page of each program: a text of ours around the options that its --help tells.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)
function(replog_manual program component)
    set(page ${PROJECT_BINARY_DIR}/man/${program}.1.gz)
    add_custom_command(OUTPUT ${page}
        COMMAND ${PROJECT_SOURCE_DIR}/cmake/manual.sh $<TARGET_FILE:${program}>
                ${PROJECT_SOURCE_DIR}/resources/man/${program}.1.in ${PROJECT_VERSION} > ${program}.1
        COMMAND ${GZIP_PROGRAM} -9nf ${program}.1
        WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/man
        DEPENDS ${program} ${PROJECT_SOURCE_DIR}/resources/man/${program}.1.in ${PROJECT_SOURCE_DIR}/cmake/manual.sh
        VERBATIM)
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ${component})
    set(generated ${generated} ${page} PARENT_SCOPE)
endfunction()
replog_manual(replog-master server)
replog_manual(replog-secondary server)
if(REPLOG_GUI)
    replog_manual(replog-dashboard dashboard)
    install(FILES resources/completion/replog.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME replog-dashboard COMPONENT dashboard)
    install(FILES resources/completion/_replog-dashboard DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        COMPONENT dashboard)
endif()
if(TARGET replogctl)
    replog_manual(replogctl client)
    install(FILES resources/completion/replogctl.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME replogctl COMPONENT client)
    install(FILES resources/completion/_replogctl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT client)
    install(FILES clients/README.md clients/python/replog.py clients/javascript/replog.mjs
        DESTINATION ${CMAKE_INSTALL_DATADIR}/replog-client COMPONENT client)
endif()
add_custom_target(package-files ALL DEPENDS ${generated})

install(FILES resources/systemd/replog-master.service resources/systemd/replog-secondary@.service
    DESTINATION lib/systemd/system COMPONENT server)
install(FILES resources/debian/master.ini DESTINATION /etc/replog COMPONENT server)
install(FILES resources/replog.ini resources/debian/secondary.ini DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/replog-server/examples COMPONENT server)
install(FILES docs/operations.md docs/options.md docs/guarantees.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/replog-server COMPONENT server)
install(FILES resources/completion/replog.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME replog-master COMPONENT server)
install(FILES resources/completion/replog.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME replog-secondary COMPONENT server)
install(FILES resources/completion/_replog DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT server)

include(CPack)
