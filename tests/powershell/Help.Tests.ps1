BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    $commands = (Import-PowerShellDataFile $ModulePath).FunctionsToExport | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
}

Describe 'The help of <Name>' -ForEach $commands {
    BeforeAll {
        $help = (Get-Command $Name).ScriptBlock.Ast.GetHelpContent()
        $parameters = (Get-Command $Name).Parameters.Keys | Where-Object { $_ -notin $common }
    }

    It 'says what it does, what comes out, and gives two examples' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Description | Should -Not -BeNullOrEmpty
        $help.Outputs | Should -Not -BeNullOrEmpty
        $help.Examples.Count | Should -BeGreaterOrEqual 2
    }

    It 'says of which type that is, for whoever asks Get-Command' {
        $types = @((Get-Command $Name).OutputType.Name)
        $types | Should -Not -BeNullOrEmpty
        ($types -join ' ') -eq 'System.Void' | Should -Be (@($help.Outputs)[0].Trim() -eq 'Nothing.')
        foreach ($type in $types | Where-Object { $_ -notlike 'ExRun.*' }) { $type -as [type] | Should -Not -BeNullOrEmpty -Because $type }
    }

    It 'documents each parameter, and no other' {
        (@($help.Parameters.Keys) | Sort-Object) -join ' ' | Should -Be ((@($parameters) | Sort-Object) -join ' ')
        foreach ($text in $help.Parameters.Values) { $text.Trim() | Should -Not -BeNullOrEmpty }
    }

    It 'is found by Get-Help' {
        (Get-Help $Name).Synopsis.Trim() | Should -Be $help.Synopsis.Trim()
    }
}

Describe 'about_ExRun' {
    It 'names every command' {
        $about = Get-Content (Join-Path (Split-Path $ModulePath) 'en-US/about_ExRun.help.txt') -Raw
        $module = Get-Module ExRun
        foreach ($name in @($module.ExportedFunctions.Keys) + @($module.ExportedAliases.Keys)) { $about | Should -Match ([regex]::Escape($name)) }
    }
}

Describe 'The other topics' {
    It 'are found by Get-Help, and name only commands and parameters that there are' {
        $folder = Join-Path (Split-Path $ModulePath) 'en-US'
        foreach ($topic in 'about_ExRun_Jobs', 'about_ExRun_Permissions', 'about_ExRun_Migration', 'about_ExRun_Unattended') {
            $text = [System.IO.File]::ReadAllText((Join-Path $folder "$topic.help.txt"))
            # Consoles are 80 columns wide, of which some are Get-Help's.
            foreach ($line in $text -split '\r?\n') { $line.Length | Should -BeLessOrEqual 78 -Because $line }
            $shown = [string] (Get-Help $topic)
            $shown | Should -Match 'LONG DESCRIPTION'
            # There the names of others stand beside ours: Jobs.Tests.ps1 tells them apart.
            if ($topic -eq 'about_ExRun_Migration') { continue }
            foreach ($name in [regex]::Matches($text, '\b[A-Z][a-z]+-(ExRun|Mailbox(Settings|TimeZone)|EXR|AppOnlyToken)[A-Za-z]*').Value | Where-Object { $_ -notmatch 'AppToken' -and $_ -notlike 'Invoke-EXRCreateApp*' }) {
                Get-Command $name -Module ExRun -ErrorAction SilentlyContinue | Should -Not -BeNullOrEmpty -Because "$topic names $name"
            }
        }
    }

    It 'say of every command which permission it needs' {
        $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine((Split-Path $ModulePath), 'en-US', 'about_ExRun_Permissions.help.txt'))
        $networked = 'Get-MailboxSettingsReport', 'Get-MailboxSettings', 'Get-MailboxTimeZone', 'Get-AutomaticRepliesSettings', 'Set-ExRunMailboxSettings', 'Invoke-ExRunMailboxRequest',
            'Register-ExRunCertificate', 'Update-ExRunCertificate', 'Get-ExRunVaultSecret', 'Get-RESTAzKeyVaultSecret', 'Get-ExRunVaultCertificate', 'Connect-ExRun', 'Get-TenantId',
            'Get-ExRunInboxRule', 'Get-ExRunCategory', 'Get-ExRunCalendarPermission', 'Get-ExRunMailFolder', 'Get-ExRunContact', 'Get-ExRunRoomUse', 'Find-ExRunMessage', 'Export-ExRunMessage', 'Get-ExRunMailboxDelta'
        foreach ($name in $networked) { $text | Should -Match "(?m)^    $name\b|^    .*\b$name\b" }
    }
}

Describe 'The syntax of a command with many parameter sets' {
    It 'leads with those that people use' {
        $shown = @((Get-Help Connect-ExRun).syntax.syntaxItem | Select-Object -First 3)
        @($shown[0].parameter.name) | Should -Contain 'CertificatePath'
        @($shown[1].parameter.name) | Should -Contain 'CertificateThumbprint'
        @($shown[2].parameter.name) | Should -Contain 'ManagedIdentity'
        @(@((Get-Help Get-RESTAzKeyVaultSecret).syntax.syntaxItem)[0].parameter.name) | Should -Contain 'ClientSecret'
        foreach ($name in 'Get-MailboxSettingsReport', 'Set-ExRunMailboxSettings', 'Invoke-ExRunMailboxRequest') {
            @(@((Get-Help $name).syntax.syntaxItem)[0].parameter.name) | Should -Contain 'Mailboxes'
        }
    }
}
