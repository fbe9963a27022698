# What the test files share. The values are those of the emulator's tenant.

$TenantId = '1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4'
$ClientId = '084adbb3-f70c-498f-97a3-464e1f444d9a'
# The module that is tested: that of the sources, or the one in the folder that the variable names, as it was packed.
$ModulePath = if ($env:EXRUN_MODULE) { Join-Path $env:EXRUN_MODULE 'ExRun.psd1' }
else { [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'powershell', 'ExRun', 'ExRun.psd1')) }
# A word that may appear nowhere but in the password itself.
$PasswordText = "Marked-Secret-$([char] 0xdf)-7f3a"

# The further tenants that Invoke-Tests.ps1 starts the emulator with.
$PartnerId = @{ 'fabrikam.com' = '7f5d2c3e-0a14-4b0f-9d5e-6c1b2a3f4e50'; 'adatum.com' = '2b9c4d10-5e6f-4a7b-8c8d-9e0fa1b2c3d4' }

# The secret that Invoke-Tests.ps1 starts the emulator with.
$ClientSecretText = 'Marked-Client-Secret-51c7'

# The emulator and the scripts that are started write UTF-8, whatever code page the console of Windows has.
[System.Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)

function Import-ExRun {
    Import-Module $ModulePath -Force -Global
}

function ConvertTo-Secret {
    param([string] $Text)
    $secure = [securestring]::new()
    foreach ($character in $Text.ToCharArray()) { $secure.AppendChar($character) }
    return $secure
}

function ConvertFrom-Secret {
    param([securestring] $Secret)
    return [System.Net.NetworkCredential]::new('', $Secret).Password
}

# The app's certificate, made and registered once, the way the first post describes it.
function Initialize-TestApp {
    $app = @{
        TenantId  = $TenantId
        ClientId  = $ClientId
        Folder    = $env:EXRUN_TEST_FOLDER
        PfxFile   = Join-Path $env:EXRUN_TEST_FOLDER 'app.pfx'
        KeyFile   = Join-Path $env:EXRUN_TEST_FOLDER 'KeyCreds.txt'
        Manifest  = Join-Path $env:EXRUN_TEST_FOLDER 'manifest.json'
        Password  = ConvertTo-Secret $PasswordText
        PlainText = $PasswordText
    }
    if (-not (Test-Path -LiteralPath $app.PfxFile)) {
        [void] (Invoke-CreateSelfSignCert -CertName 'ExRun tests' -CertFileName $app.PfxFile -KeyFileName $app.KeyFile -Password $app.Password)
        $manifest = [System.IO.File]::ReadAllText($app.Manifest)
        [System.IO.File]::WriteAllText($app.Manifest, $manifest.Replace('[]', [System.IO.File]::ReadAllText($app.KeyFile)))
    }
    return $app
}

function Get-TestCertificate {
    param($App)
    return [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($App.PfxFile, $App.PlainText)
}

# Addresses of the emulator's mailboxes; -Broken: only those that answer with an error.
function Get-TestMailbox {
    param([int] $Count = 400, [switch] $Broken, [switch] $Working)
    $all = @(& $env:EXRUN_EMULATOR mailboxes --count $Count)
    if (-not ($Broken -or $Working)) { return $all }
    $failing = @(& $env:EXRUN_EMULATOR mailboxes --count $Count --broken-percent 2 --broken)
    if ($Broken) { return $failing }
    return @($all | Where-Object { $failing -notcontains $_ })
}

# Takes the emulator's certificate as it is. Compiled, since it is called where no runspace is.
$AnyCertificate = [System.Linq.Expressions.Expression]::Lambda(
    [System.Net.Security.RemoteCertificateValidationCallback],
    [System.Linq.Expressions.Expression]::Constant($true),
    [System.Linq.Expressions.ParameterExpression[]] @(
        [object], [System.Security.Cryptography.X509Certificates.X509Certificate],
        [System.Security.Cryptography.X509Certificates.X509Chain], [System.Net.Security.SslPolicyErrors] |
            ForEach-Object { [System.Linq.Expressions.Expression]::Parameter($_) })).Compile()

# Not by Invoke-RestMethod, which in Windows PowerShell cannot leave a certificate unchecked.
function Invoke-Emulator {
    param([string] $Method = 'GET', [string] $What, $Body)
    [System.Net.ServicePointManager]::SecurityProtocol = [System.Net.ServicePointManager]::SecurityProtocol -bor [System.Net.SecurityProtocolType]::Tls12
    $request = [System.Net.WebRequest]::CreateHttp("https://$env:EXRUN_CONNECT_TO/_emulator/$What")
    $request.Method = $Method
    $request.Proxy = $null
    $request.ServerCertificateValidationCallback = $AnyCertificate
    if ($null -ne $Body) {
        $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Body -Depth 8 -Compress))
        $request.ContentType = 'application/json'
        $stream = $request.GetRequestStream()
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Dispose()
    } elseif ($Method -ne 'GET') {
        $request.ContentLength = 0
    }
    $response = $request.GetResponse()
    try {
        return [System.IO.StreamReader]::new($response.GetResponseStream(), [System.Text.Encoding]::UTF8).ReadToEnd() | ConvertFrom-Json
    } finally {
        $response.Dispose()
    }
}

function Set-EmulatorFault {
    param([hashtable[]] $Rule = @())
    [void] (Invoke-Emulator -Method PUT -What faults -Body @{ rules = @($Rule) })
}

# Requests to Graph by the tenant of their token, by domain; -Writes: those that were no GET.
function Get-TenantRequest {
    param([switch] $Writes)
    $state = Invoke-Emulator -What state
    $counts = @{ contoso = 0; fabrikam = 0; adatum = 0 }
    $names = @{ $TenantId = 'contoso'; $PartnerId['fabrikam.com'] = 'fabrikam'; $PartnerId['adatum.com'] = 'adatum' }
    $of = if ($Writes) { $state.writesByTenant } else { $state.requestsByTenant }
    foreach ($count in $of.PSObject.Properties) { $counts[$names[$count.Name]] = $count.Value }
    return [pscustomobject] $counts
}

# How many handles of each kind the library has given out and not got back.
function Get-OpenHandle {
    & (Get-Module ExRun) {
        # As it is given to users, one that was imported a moment ago has none of its own functions yet.
        Import-PrivateFunction
        [System.IntPtr] $pointer = [System.IntPtr]::Zero
        [long] $length = 0
        [long] $errorHandle = 0
        [void] (Get-Native)::exrun_open_handles([ref] $pointer, [ref] $length, [ref] $errorHandle)
        Read-NativeText -Pointer $pointer -Length $length
    } | ConvertFrom-Json
}

# Runs a command with an emulator of its own, as Invoke-Tests.ps1 starts that of all tests, and returns what it wrote: for what
# changes the app itself. The folder is the command's EXRUN_TEST_FOLDER; Option says which mailboxes there are.
function Invoke-WithEmulator {
    param([string] $Folder, [string[]] $Command, [string[]] $Option = @('--mailboxes', '400', '--broken-percent', '2'))
    [void] [System.IO.Directory]::CreateDirectory($Folder)
    $manifest = Join-Path $Folder 'manifest.json'
    [System.IO.File]::WriteAllText($manifest, ('{{"appId": "{0}", "keyCredentials": []}}' -f $ClientId))
    $partners = foreach ($domain in $PartnerId.Keys) { '--partner', ('{0}={1}' -f $domain, $PartnerId[$domain]) }
    $before = @{}
    foreach ($name in 'EXRUN_TEST_FOLDER', 'EXRUN_CONNECT_TO', 'EXRUN_CA_FILE') { $before[$name] = [System.Environment]::GetEnvironmentVariable($name) }
    try {
        $env:EXRUN_TEST_FOLDER = $Folder
        # The emulator says where it is itself.
        $env:EXRUN_CONNECT_TO = $null
        $env:EXRUN_CA_FILE = $null
        $output = & $env:EXRUN_EMULATOR run @Option --manifest $manifest --client-secret $ClientSecretText @partners -- @Command 2>&1
    } finally {
        foreach ($name in $before.Keys) { [System.Environment]::SetEnvironmentVariable($name, $before[$name]) }
    }
    return @($output | ForEach-Object { "$_" }) -join "`n"
}

# Runs a script in a PowerShell of its own and returns what it wrote, all streams together, and its exit code.
function Invoke-Script {
    param([string] $Script, [hashtable] $Environment = @{})
    $file = Join-Path $env:EXRUN_TEST_FOLDER ('script-' + [guid]::NewGuid().ToString('N') + '.ps1')
    [System.IO.File]::WriteAllText($file, $Script, [System.Text.UTF8Encoding]::new($true))
    $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
    $before = @{}
    foreach ($name in $Environment.Keys) {
        $before[$name] = [System.Environment]::GetEnvironmentVariable($name)
        [System.Environment]::SetEnvironmentVariable($name, $Environment[$name])
    }
    try {
        # Without the warning that belongs to every process that talks to the emulator.
        $output = & $shell -NoProfile -NonInteractive -File $file 2>&1 | ForEach-Object { "$_" } |
            Where-Object { $_ -notlike 'WARNING: every request of this process goes to *' }
    } finally {
        foreach ($name in $before.Keys) { [System.Environment]::SetEnvironmentVariable($name, $before[$name]) }
    }
    return [pscustomobject] @{ ExitCode = $LASTEXITCODE; Text = (@($output) -join "`n"); Lines = @($output) }
}

Export-ModuleMember -Function * -Variable ModulePath, TenantId, ClientId, PartnerId, PasswordText, ClientSecretText
