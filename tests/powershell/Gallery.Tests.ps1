# The package of the Gallery, as a user gets it: published to a repository, installed from there into an empty home, and used.
# It is packed with the library under test. A repository that is a folder needs no network.

BeforeDiscovery {
    $parts = @{ Windows = [System.IO.Path]::DirectorySeparatorChar -eq '\' }
    $parts.Publishes = -not $parts.Windows -and $null -ne (Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable)
    if (-not $parts.Publishes) { [System.Console]::WriteLine('LEFT OUT: Gallery.Tests.ps1: PSResourceGet is not here, or not on a system with a home of its own') }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    $root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $work = Join-Path $env:EXRUN_TEST_FOLDER 'gallery'
    $machine = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    $system = if ([System.Runtime.InteropServices.RuntimeInformation]::IsOSPlatform([System.Runtime.InteropServices.OSPlatform]::OSX)) { 'osx' } else { 'linux' }
    $rid = "$system-$machine"
    $library = [System.IO.Path]::GetFullPath($env:EXRUN_LIBRARY)
}

Describe 'The package of the Gallery' -Skip:(-not $parts.Publishes) {
    BeforeAll {
        # Without what a debugger reads it is a sixth of the size.
        $folder = [System.IO.Directory]::CreateDirectory([System.IO.Path]::Combine($work, 'natives', $rid)).FullName
        $target = Join-Path $folder (Split-Path -Leaf $library)
        if (Get-Command strip -CommandType Application -ErrorAction Ignore) { & strip -o $target $library } else { Copy-Item $library $target }
        # Signed by a block that is none: PowerShell here reads no signatures, and scripts run with one at their end.
        $sign = Join-Path $work 'sign.sh'
        [System.IO.File]::WriteAllText($sign, @'
case "$1" in
    *.ps1xml) printf '\n<!-- SIG # Begin signature block -->\n<!-- bm9uZQ== -->\n<!-- SIG # End signature block -->\n' >> "$1" ;;
    *) printf '\r\n# SIG # Begin signature block\r\n# bm9uZQ==\r\n# SIG # End signature block\r\n' >> "$1" ;;
esac
'@)
        $tool = Join-Path (Split-Path $env:EXRUN_EMULATOR) 'xtask'
        $arguments = '--natives', (Join-Path $work 'natives'), '--any-glibc', '--stored', '--output', $work, '--project', 'https://example.org/exrun', '--sign', "sh `"$sign`" {}"
        $said = & $tool package @arguments 2>&1
        if ($LASTEXITCODE -ne 0) { throw "packing: $($said -join "`n")" }
        $package = (Get-Item (Join-Path $work 'ExRun.*.nupkg')).FullName

        # A process of its own with a home of its own, in which nothing of this session is.
        $homeFolder = [System.IO.Directory]::CreateDirectory((Join-Path $work 'home')).FullName
        $feed = [System.IO.Directory]::CreateDirectory((Join-Path $work 'feed')).FullName
        $clean = @{ HOME = $homeFolder; EXRUN_LIBRARY = ''; PSModulePath = '' }
        # .NET takes a folder that is not there for none, and PSResourceGet then writes into the current one.
        $standard = @{ XDG_DATA_HOME = '.local/share'; XDG_CONFIG_HOME = '.config'; XDG_CACHE_HOME = '.cache' }
        foreach ($name in $standard.Keys) { $clean[$name] = [System.IO.Directory]::CreateDirectory((Join-Path $homeFolder $standard[$name])).FullName }
        $installed = Invoke-Script -Environment $clean @"
            `$ErrorActionPreference = 'Stop'
            `$ProgressPreference = 'SilentlyContinue'
            Register-PSResourceRepository -Name Local -Uri '$feed' -Trusted
            Publish-PSResource -NupkgPath '$package' -Repository Local
            `$found = Find-PSResource -Name ExRun -Repository Local
            foreach (`$name in 'Version', 'Author', 'LicenseUri', 'ProjectUri', 'IconUri', 'ReleaseNotes', 'Copyright') { "`$name=`$(`$found.`$name)" }
            "Tags=`$(`$found.Tags -join ' ')"
            Install-PSResource -Name ExRun -Repository Local -Scope CurrentUser
            "Base=`$((Get-Module ExRun -ListAvailable).ModuleBase)"
"@
    }

    It 'is published, found and installed by PSResourceGet' {
        $installed.ExitCode | Should -Be 0 -Because $installed.Text
        $installed.Text | Should -Match '(?m)^Version=\d+\.\d+\.\d+'
        $installed.Text | Should -Match '(?m)^LicenseUri=https://example\.org/exrun/blob/v.+/LICENSE-MIT'
        $installed.Text | Should -Match '(?m)^ProjectUri=https://example\.org/exrun'
        $installed.Text | Should -Match '(?m)^IconUri=https://example\.org/exrun/raw/v.+/docs/images/icon\.png'
        $installed.Text | Should -Match '(?m)^ReleaseNotes=.*CHANGELOG\.md'
        $installed.Text | Should -Match '(?m)^Tags=.*\bMicrosoft365\b.*\bPSEdition_Desktop\b'
        $installed.Text | Should -Match ('(?m)^Base={0}/\.local/share/powershell/Modules/ExRun/\d' -f [regex]::Escape($homeFolder))
    }

    It 'has a manifest that says all that the Gallery shows' {
        $base = ($installed.Text -split "`n" -match '^Base=')[0].Substring(5).Trim()
        $manifest = Test-ModuleManifest (Join-Path $base 'ExRun.psd1') -ErrorAction Stop
        $data = $manifest.PrivateData.PSData
        foreach ($name in 'LicenseUri', 'ProjectUri', 'IconUri', 'ReleaseNotes', 'Tags') { $data[$name] | Should -Not -BeNullOrEmpty -Because $name }
        $data.RequireLicenseAcceptance | Should -BeFalse
        $manifest.Description | Should -Not -BeNullOrEmpty
        $manifest.CompanyName | Should -Not -BeNullOrEmpty
        foreach ($name in 'LICENSE-MIT', 'LICENSE-APACHE', 'CHANGELOG.md', 'THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json') {
            Join-Path $base $name | Should -Exist
        }
    }

    It 'reports mailboxes from where it was installed, with a signature behind each script' {
        $list = (Get-TestMailbox -Working)[0..9].Replace("'", "''") -join "','"
        $result = Invoke-Script -Environment $clean @"
            `$ErrorActionPreference = 'Stop'
            Connect-ExRun -TenantId '$TenantId' -ClientId '$ClientId' -ClientSecret (ConvertTo-SecureString '$ClientSecretText' -AsPlainText -Force)
            `$rows = @('$list' | Get-MailboxSettingsReport)
            "rows: `$(`$rows.Count), with a time zone: `$(@(`$rows | Where-Object TimeZone).Count)"
            (Get-Module ExRun).ModuleBase
            `$signed = @(Get-ChildItem (Get-Module ExRun).ModuleBase -Recurse -Include *.ps1, *.psm1, *.psd1, *.ps1xml | Select-String 'SIG # Begin signature block')
            "signed: `$(`$signed.Count)"
            (`$rows[0..2] | Out-String).Trim()
"@
        $result.ExitCode | Should -Be 0 -Because $result.Text
        $result.Text | Should -Match 'rows: 10, with a time zone: 10'
        $result.Text | Should -Match ([regex]::Escape($homeFolder))
        $result.Text | Should -Match 'signed: [6-9]'
    }
}
