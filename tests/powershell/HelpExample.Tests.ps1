# The examples of the help, each run as it stands against the emulator: with its sign-in made before, in a folder that has
# the files it names, and with mailboxes that are there in the place of kim and lee.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    # Examples that cannot run here, by what they have in them.
    $left = [ordered] @{
        'Cert:\'                 = 'a certificate store of Windows'
        '-CertificateThumbprint' = 'a certificate store of Windows'
        '-Interactive'           = 'a browser'
        '-RedirectUri'           = 'a browser'
        'Application.ReadWrite.All' = 'a consent that nobody of the emulated tenant gives'
        '(Get-ExRunLastRun).Failed' = 'ends the session with its exit code'
    }
    $examples = foreach ($file in Get-ChildItem (Join-Path (Split-Path $ModulePath) 'Public') -Filter *.ps1) {
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
        $number = 0
        foreach ($text in $tree.EndBlock.Statements[0].GetHelpContent().Examples) {
            $number++
            # What the example does stands above the empty line, what is said of it below.
            $code = ($text -split '\r?\n[ \t]*\r?\n')[0]
            $why = @($left.Keys | Where-Object { $code.Contains($_) } | ForEach-Object { $left[$_] })
            @{ Command = $file.BaseName; Number = $number; Code = $code; Why = $why }
        }
    }
    $run = @($examples | Where-Object { $_.Why.Count -eq 0 })
    $leftOut = @($examples | Where-Object { $_.Why.Count -gt 0 })
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = @(Get-TestMailbox -Working)[0..5]
    $open = Join-Path $TestDrive 'certfile.pfx'
    $store = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($app.PfxFile, $app.PlainText, 'Exportable')
    [System.IO.File]::WriteAllBytes($open, $store.Export('Pfx'))

    # Stand-ins for what others have: a person who types, other modules, a script's own functions.
    function global:Read-Host { param([switch] $AsSecureString) ConvertTo-Secret 'typed' }
    function global:Get-EXOMailbox { param([string] $ResultSize) $working | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_ } } }
    function global:New-Party { param($Of) @{ subject = 'Party'; transactionId = $Of.PartyId; start = @{ dateTime = '2030-01-01T10:00:00'; timeZone = 'UTC' }; end = @{ dateTime = '2030-01-01T11:00:00'; timeZone = 'UTC' } } }
    function global:New-Notice { param($Of) @{ message = @{ subject = "Order $($Of.OrderId)"; body = @{ contentType = 'text'; content = 'x' }; toRecipients = @(@{ emailAddress = @{ address = $Of.MailboxName } }) } } }
    function global:Invoke-RestMethod { param($Uri, $Headers) $Headers.Authorization.Length -gt 20 }

    # A folder with the files that examples name.
    function New-ExampleFolder {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
        [void] [System.IO.Directory]::CreateDirectory($folder)
        foreach ($name in 'app.pfx', 'app-2026.pfx', 'reader.pfx', 'certfile.pfx') { [System.IO.File]::Copy($open, (Join-Path $folder $name)) }
        [System.IO.File]::WriteAllBytes((Join-Path $folder 'app.cer'), $store.Export('Cert'))
        $rows = $working | ForEach-Object { [pscustomobject] @{ MailboxName = $_; Zone = 'UTC'; OrderId = $_; TimeZone = 'Tokyo Standard Time' } }
        foreach ($name in 'mailboxes.csv', 'zones.csv', 'orders.csv', 'monday.csv', 'tuesday.csv', 'before.csv') { $rows | Export-Csv (Join-Path $folder $name) -NoTypeInformation }
        return $folder
    }
}

AfterAll {
    Remove-Item function:global:Read-Host, function:global:Get-EXOMailbox, function:global:New-Party, function:global:New-Notice, function:global:Invoke-RestMethod
    Disconnect-ExRun -All
    # What the examples wrote into mailboxes.
    [void] (Invoke-Emulator -Method POST -What reset)
}

Describe 'Example <Number> of <Command>' -ForEach $run {
    It 'does what it says, without an error' {
        $folder = New-ExampleFolder
        $code = $Code.Replace('C:\temp\', './').Replace('kim@contoso.com', $working[0]).Replace('lee@contoso.com', $working[1]).Replace('kim@fabrikam.com', $working[0])
        # What the example takes to be there already.
        Disconnect-ExRun -All
        if ($Command -ne 'Get-AppSettings') {
            function Get-AppSettings { [pscustomobject] @{ TenantId = $TenantId; ClientId = $ClientId } }
        }
        Connect-ExRun -TenantId contoso.com -ClientId $ClientId -CertificatePath $open
        if ($Command -eq 'Disconnect-ExRun') { Connect-ExRun -Name partner -TenantId fabrikam.com -ClientId $ClientId -CertificatePath $open }
        $id = $app = $admin = $reader = $ClientId
        $tenant = 'contoso.com'
        $vault = 'https://contoso.vault.azure.net'
        $secret = $ClientSecretText
        $Certificate = $store
        $Mailboxes = $working
        $Token = Get-AppOnlyToken $open -TenantId contoso.com -ClientId $ClientId
        $people = $working | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_; DisplayName = 'Somebody'; PartyId = [guid]::NewGuid() } }
        $found = @($people[0..1] | Invoke-ExRunMailboxRequest -Path 'messages?$top=1' -Select id)
        if ($Code -match 'shard-\*|undo\.jsonl|all\.db') {
            foreach ($number in 1, 2) { [void] (Get-MailboxSettingsReport -All -Shard "$number/2" -Journal (Join-Path $folder "shard-$number.db") -ErrorAction SilentlyContinue) }
        }
        # An undo file is written where there is something to undo.
        if ($Code -match 'UndoFile') { [void] ($working | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -Confirm:$false) }
        if ($Command -eq 'Get-ExRunLastRun') { [void] (Get-MailboxSettingsReport $working) }
        Push-Location $folder
        try {
            $failed = $null
            & {
                # Of the whole tenant some mailboxes fail, as they are meant to.
                $ErrorActionPreference = if ($Code -match '-All\b') { 'SilentlyContinue' } else { 'Stop' }
                $ConfirmPreference = 'None'
                $null = . ([scriptblock]::Create($code)) 3>$null 6>$null
            }
        } catch { $failed = "$_ [$($_.FullyQualifiedErrorId)]" } finally { Pop-Location }
        $failed | Should -BeNullOrEmpty -Because $code
    }
}

Describe 'An example that is left out' -ForEach @(@{ LeftOut = $leftOut }) {
    It 'is one of few' { $leftOut.Count | Should -BeLessOrEqual 8 -Because (($leftOut | ForEach-Object { "$($_.Command) $($_.Number)" }) -join ', ') }

    It 'or one that left the app as it was, with the certificate of all tests' {
        { Connect-ExRun -Name after -TenantId contoso.com -ClientId $ClientId -CertificatePath $open } | Should -Not -Throw
    }
}
